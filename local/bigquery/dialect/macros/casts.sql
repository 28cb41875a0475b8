-- CAST and SAFE_CAST: which texts are accepted, how numbers are rounded, and what the refusal says.

-- Blanks around a number: Google's are those of ASCII, RE2's \s lacks the vertical tab.
CREATE OR REPLACE MACRO bq_trimmed(x) AS trim(x, E' \t\n\r\f' || chr(11));

-- Rounding half away from zero to nine decimals needs the tenth and no more; the cast of a long text is slow.
CREATE OR REPLACE MACRO bq_ten_decimals(forty) AS left(forty, length(forty) - 30);

CREATE OR REPLACE MACRO bq_safe_cast_numeric(x) AS
  CASE
    WHEN typeof(x) IN ('DOUBLE', 'FLOAT')
      -- Every digit of the double, so that rounding sees its exact value and not its shortest spelling.
      THEN TRY_CAST(bq_ten_decimals(printf('%.40f', TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE))) AS DECIMAL(38, 9))
    WHEN typeof(x) = 'VARCHAR'
      THEN CASE WHEN regexp_full_match(CAST(x AS VARCHAR), '[\s\v]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[\s\v]*')
                -- DuckDB rounds -8.94e-11 to -0.000000001, so an exponent is left to exact arithmetic.
                THEN CASE WHEN regexp_matches(CAST(x AS VARCHAR), '[eE]')
                          THEN bqx_numeric_from_text(CAST(x AS VARCHAR))
                          ELSE TRY_CAST(bq_trimmed(CAST(x AS VARCHAR)) AS DECIMAL(38, 9)) END END
    ELSE TRY_CAST(x AS DECIMAL(38, 9))
  END;

CREATE OR REPLACE MACRO bq_cast_numeric(x) AS
  CASE WHEN x IS NULL THEN NULL
       ELSE COALESCE(bq_safe_cast_numeric(x), error('Invalid NUMERIC value: ' || CAST(x AS VARCHAR))) END;

CREATE OR REPLACE MACRO bq_safe_cast_int64(x) AS
  CASE
    WHEN typeof(x) IN ('DOUBLE', 'FLOAT')
      THEN TRY_CAST(round(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE)) AS BIGINT)
    WHEN typeof(x) = 'VARCHAR'
      THEN CASE WHEN regexp_full_match(CAST(x AS VARCHAR), '[\s\v]*[+-]?(\d+|0[xX][0-9a-fA-F]+)[\s\v]*')
                THEN TRY_CAST(bq_trimmed(CAST(x AS VARCHAR)) AS BIGINT) END
    ELSE TRY_CAST(x AS BIGINT)
  END;

CREATE OR REPLACE MACRO bq_cast_int64(x) AS
  CASE WHEN x IS NULL THEN NULL
       ELSE COALESCE(bq_safe_cast_int64(x), error('Bad int64 value: ' || CAST(x AS VARCHAR))) END;

CREATE OR REPLACE MACRO bq_safe_cast_float64(x) AS
  CASE
    WHEN typeof(x) = 'VARCHAR'
      THEN CASE WHEN regexp_full_match(
                       CAST(x AS VARCHAR),
                       '[\s\v]*[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:inf|infinity|nan))[\s\v]*')
                THEN TRY_CAST(bq_trimmed(CAST(x AS VARCHAR)) AS DOUBLE) END
    ELSE TRY_CAST(x AS DOUBLE)
  END;

CREATE OR REPLACE MACRO bq_cast_float64(x) AS
  CASE WHEN x IS NULL THEN NULL
       ELSE COALESCE(bq_safe_cast_float64(x), error('Bad double value: ' || CAST(x AS VARCHAR))) END;

CREATE OR REPLACE MACRO bq_safe_cast_bool(x) AS
  CASE
    WHEN typeof(x) = 'VARCHAR'
      THEN CASE lower(CAST(x AS VARCHAR)) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END
    ELSE TRY_CAST(x AS BOOLEAN)
  END;

CREATE OR REPLACE MACRO bq_cast_bool(x) AS
  CASE WHEN x IS NULL THEN NULL
       ELSE COALESCE(bq_safe_cast_bool(x), error('Bad bool value: ' || CAST(x AS VARCHAR))) END;

CREATE OR REPLACE MACRO bq_safe_cast_date(x) AS
  CASE
    WHEN typeof(x) = 'VARCHAR'
      THEN CASE WHEN regexp_full_match(CAST(x AS VARCHAR), '\d{4}-\d{1,2}-\d{1,2}')
                THEN TRY_CAST(CAST(x AS VARCHAR) AS DATE) END
    ELSE TRY_CAST(x AS DATE)
  END;

CREATE OR REPLACE MACRO bq_cast_date(x) AS
  CASE WHEN x IS NULL THEN NULL
       ELSE COALESCE(bq_safe_cast_date(x), error('Invalid date: ''' || CAST(x AS VARCHAR) || '''')) END;

-- DuckDB wants a time of day before a zone, two digits in an offset, a capital T, and no blank before Z.
CREATE OR REPLACE MACRO bq_timestamp_text(x) AS
  regexp_replace(
    regexp_replace(
      regexp_replace(regexp_replace(x, '(\d)t(\d)', '\1T\2'), ' ?[Zz]$', '+00'),
      '^(\d{4}-\d{1,2}-\d{1,2})([+-].*| [A-Za-z].*|)$', '\1 00:00:00\2'),
    '([+-])(\d)(:\d\d)?$', '\10\2\3');

CREATE OR REPLACE MACRO bq_safe_cast_timestamp(x) AS
  CASE
    WHEN typeof(x) = 'VARCHAR'
      THEN CASE WHEN regexp_full_match(
                       CAST(x AS VARCHAR),
                       '\d{4}-\d{1,2}-\d{1,2}([ Tt]([01]?\d|2[0-3]):\d{1,2}:\d{1,2}(\.\d{1,6})?)?( ?[Zz]|[+-](0?\d|1[0-4])(:[0-5]\d)?| [A-Za-z]+(/[A-Za-z_]+)*)?')
                THEN TRY_CAST(bq_timestamp_text(CAST(x AS VARCHAR)) AS TIMESTAMPTZ) END
    ELSE TRY_CAST(x AS TIMESTAMPTZ)
  END;

CREATE OR REPLACE MACRO bq_cast_timestamp(x) AS
  CASE WHEN x IS NULL THEN NULL
       ELSE COALESCE(bq_safe_cast_timestamp(x), error('Invalid timestamp: ''' || CAST(x AS VARCHAR) || '''')) END;

CREATE OR REPLACE MACRO bq_cast_string(x) AS
  CASE
    WHEN typeof(x) LIKE 'DECIMAL%' AND contains(CAST(x AS VARCHAR), '.')
      THEN rtrim(rtrim(CAST(x AS VARCHAR), '0'), '.')
    WHEN typeof(x) IN ('DOUBLE', 'FLOAT')
      THEN regexp_replace(regexp_replace(CAST(x AS VARCHAR), '\.0$', ''), '\.0e', 'e')
    WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE'
      -- A fraction is written with three or six digits.
      THEN regexp_replace(
             regexp_replace(strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMPTZ), '%Y-%m-%d %H:%M:%S.%f'), '\.000000$', ''),
             '(\.\d{3})000$', '\1') || '+00'
    WHEN typeof(x) = 'BLOB' THEN decode(CAST(x AS BLOB))
    ELSE CAST(x AS VARCHAR)
  END;
