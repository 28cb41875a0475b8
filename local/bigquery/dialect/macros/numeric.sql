-- NUMERIC is DECIMAL(38, 9) everywhere: what arithmetic makes of it is brought back to it.
-- DuckDB's binder chooses the overload from the type of a witness, an expression that is never evaluated.

CREATE OR REPLACE MACRO bq_fit
  (witness DECIMAL(38, 9), v) AS CAST(v AS DECIMAL(38, 9)),
  (witness HUGEINT, v) AS CAST(v AS BIGINT),
  (witness BIGINT, v) AS CAST(v AS BIGINT),
  (witness DOUBLE, v) AS v,
  (witness, v) AS v;

-- Averages and roundings of INT64 are FLOAT64.
CREATE OR REPLACE MACRO bq_fit_real
  (witness DECIMAL(38, 9), v) AS CAST(v AS DECIMAL(38, 9)),
  (witness HUGEINT, v) AS CAST(v AS DOUBLE),
  (witness BIGINT, v) AS CAST(v AS DOUBLE),
  (witness DOUBLE, v) AS v,
  (witness, v) AS v;

CREATE OR REPLACE MACRO bq_literal_as
  (witness DECIMAL(38, 9), digits) AS CAST(digits AS DECIMAL(38, 9)),
  (witness HUGEINT, digits) AS CAST(digits AS DOUBLE),
  (witness BIGINT, digits) AS CAST(digits AS DOUBLE),
  (witness DOUBLE, digits) AS CAST(digits AS DOUBLE),
  (witness, digits) AS CAST(digits AS DOUBLE);

CREATE OR REPLACE MACRO bq_average
  (x DECIMAL(38, 9)) AS bqx_numeric_quotient(CAST(SUM(x) AS DECIMAL(38, 9)), CAST(COUNT(x) AS DECIMAL(38, 9))),
  (x HUGEINT) AS AVG(x),
  (x BIGINT) AS AVG(x),
  (x DOUBLE) AS AVG(x),
  (x) AS AVG(x);

CREATE OR REPLACE MACRO bq_windowed_average
  (witness DECIMAL(38, 9), total, n, average) AS
    CASE WHEN n > 0 THEN bqx_numeric_quotient(CAST(total AS DECIMAL(38, 9)), CAST(n AS DECIMAL(38, 9))) END,
  (witness HUGEINT, total, n, average) AS average,
  (witness BIGINT, total, n, average) AS average,
  (witness DOUBLE, total, n, average) AS average,
  (witness, total, n, average) AS average;

CREATE OR REPLACE MACRO bq_float_quotient(a, b) AS
  CASE WHEN b = 0 THEN error('division by zero: ' || CAST(a AS VARCHAR) || ' / ' || CAST(b AS VARCHAR))
       ELSE CAST(a AS DOUBLE) / CAST(b AS DOUBLE) END;

CREATE OR REPLACE MACRO bq_divide
  (witness DECIMAL(38, 9), a, b) AS
    CASE WHEN b = 0 THEN error('division by zero: ' || CAST(a AS VARCHAR) || ' / ' || CAST(b AS VARCHAR))
         ELSE bqx_numeric_quotient(CAST(a AS DECIMAL(38, 9)), CAST(b AS DECIMAL(38, 9))) END,
  (witness HUGEINT, a, b) AS bq_float_quotient(a, b),
  (witness BIGINT, a, b) AS bq_float_quotient(a, b),
  (witness DOUBLE, a, b) AS bq_float_quotient(a, b),
  (witness, a, b) AS bq_float_quotient(a, b);

CREATE OR REPLACE MACRO bq_float_quotient_or_null(a, b) AS
  CASE WHEN b = 0 THEN NULL ELSE CAST(a AS DOUBLE) / CAST(b AS DOUBLE) END;

CREATE OR REPLACE MACRO bq_safe_divide
  (witness DECIMAL(38, 9), a, b) AS
    CASE WHEN b = 0 THEN NULL
         ELSE bqx_numeric_quotient(CAST(a AS DECIMAL(38, 9)), CAST(b AS DECIMAL(38, 9))) END,
  (witness HUGEINT, a, b) AS bq_float_quotient_or_null(a, b),
  (witness BIGINT, a, b) AS bq_float_quotient_or_null(a, b),
  (witness DOUBLE, a, b) AS bq_float_quotient_or_null(a, b),
  (witness, a, b) AS bq_float_quotient_or_null(a, b);
