-- Rows that are set aside, with where they were read: those of the newest runs first.
SELECT
  run_id,
  place,
  reason,
  TO_JSON_STRING(data) AS data
FROM ${target}
ORDER BY run_id DESC, source_file, line, place
LIMIT @row_limit
