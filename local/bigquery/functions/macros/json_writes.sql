-- Values as JSON text: see json_writes.py. NULL of NULL.

CREATE OR REPLACE MACRO google_json_float(d) AS
    CASE
        WHEN isfinite(d) THEN CASE WHEN d = 0 THEN '0.0' ELSE google_json_double(d) END
        WHEN isnan(d) THEN '"NaN"'
        WHEN d > 0 THEN '"Infinity"'
        WHEN d < 0 THEN '"-Infinity"'
    END;

-- Fifteen digits if they are enough to tell it from all others, else seventeen.
CREATE OR REPLACE MACRO google_text_float(d) AS
    CASE
        WHEN NOT isfinite(d) THEN google_json_float(d)
        WHEN d = 0 THEN '0'
        WHEN CAST(printf('%.15g', d) AS DOUBLE) = d THEN printf('%.15g', d)
        ELSE printf('%.17g', d)
    END;

CREATE OR REPLACE MACRO google_text_int(i) AS
    CASE
        WHEN i BETWEEN -9007199254740992 AND 9007199254740992 THEN i::VARCHAR
        ELSE '"' || i::VARCHAR || '"'
    END;

-- DuckDB writes the digits of 128 bits in ten times the time that those of 64 bits take.
CREATE OR REPLACE MACRO google_numeric_digits(n) AS
    CASE WHEN n BETWEEN -900000000 AND 900000000 THEN n::DECIMAL(18, 9)::VARCHAR ELSE n::VARCHAR END;

CREATE OR REPLACE MACRO google_plain_numeric(n) AS rtrim(rtrim(google_numeric_digits(n), '0'), '.');

CREATE OR REPLACE MACRO google_json_numeric(n) AS
    CASE
        WHEN suffix(google_numeric_digits(n), '.000000000') AND n BETWEEN -9223372036854775808 AND 18446744073709551615
            THEN left(google_numeric_digits(n), -10)
        -- A double has the digits of such a number.
        WHEN n BETWEEN 0.0001 AND 999999 OR n BETWEEN -999999 AND -0.0001 THEN google_plain_numeric(n)
        ELSE google_json_double(google_plain_numeric(n)::DOUBLE)
    END;

CREATE OR REPLACE MACRO google_text_numeric(n) AS
    CASE
        WHEN suffix(google_numeric_digits(n), '.000000000') AND n BETWEEN -9007199254740992 AND 9007199254740992
            THEN left(google_numeric_digits(n), -10)
        ELSE '"' || google_plain_numeric(n) || '"'
    END;

-- The separators of lines and of paragraphs, which JavaScript takes for line ends, are escaped in text.
CREATE OR REPLACE MACRO google_text_string(x) AS
    CASE
        WHEN contains(x, chr(8232)) OR contains(x, chr(8233))
            THEN replace(replace(google_json_string(x), chr(8232), '\u2028'), chr(8233), '\u2029')
        ELSE google_json_string(x)
    END;
