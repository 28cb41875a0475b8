-- What a statement must hold for, checked inside the statement itself.

CREATE OR REPLACE MACRO bq_require_single_match(ambiguous_count) AS
  CASE WHEN ambiguous_count > 0
       THEN error('UPDATE/MERGE must match at most one source row for each target row')
       ELSE TRUE END;
