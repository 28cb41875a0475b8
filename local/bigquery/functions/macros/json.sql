-- JSON as Google writes it: see json_values.py. Arguments are columns or constants; a macro copies its arguments.

-- A FLOAT64 as a JSON number.
CREATE OR REPLACE MACRO google_json_double(d) AS
    CASE
        WHEN abs(d) >= 1e15 AND abs(d) < 1e16
            THEN rtrim(rtrim(regexp_replace(d::VARCHAR, '^(-?\d)(\d{15})\.(\d+)$', '\1.\2\3'), '0'), '.') || 'e+15'
        ELSE d::VARCHAR
    END;

-- The text of a JSON scalar that DuckDB extracted; NULL of null, an object or an array.
CREATE OR REPLACE MACRO google_json_scalar(e) AS
    CASE e[1]
        WHEN '"' THEN CASE WHEN contains(e, '\') THEN json_extract_string(e, '$') ELSE e[2:-2] END
        WHEN '{' THEN NULL
        WHEN '[' THEN NULL
        WHEN 'n' THEN NULL
        WHEN 't' THEN e
        WHEN 'f' THEN e
        ELSE CASE WHEN contains(e, '.') OR contains(e, 'e') THEN google_json_double(e::DOUBLE) ELSE e END
    END;

-- The same where the JSON was a STRING, in which numbers are whole and spelt as they stay.
CREATE OR REPLACE MACRO google_json_text_scalar(e) AS
    CASE e[1]
        WHEN '"' THEN CASE WHEN contains(e, '\') THEN json_extract_string(e, '$') ELSE e[2:-2] END
        WHEN '{' THEN NULL
        WHEN '[' THEN NULL
        WHEN 'n' THEN NULL
        ELSE e
    END;

-- JSON without its strings, each of which may look like anything.
CREATE OR REPLACE MACRO google_json_bare(x) AS regexp_replace(x, '"(?:[^"\\]|\\.)*"', '', 'g');

-- Whether the pattern is found in JSON outside of its strings; looked for in all of it first, which is quicker.
CREATE OR REPLACE MACRO google_json_has(x, pattern) AS
    CASE WHEN NOT regexp_matches(x, pattern) THEN FALSE ELSE regexp_matches(google_json_bare(x), pattern) END;

-- Whether DuckDB takes the STRING for JSON, and Google may not, or reads its names and strings in another way.
CREATE OR REPLACE MACRO google_json_lax(x) AS
    CASE
        WHEN contains(x, '\u') THEN TRUE
        ELSE google_json_has(x, '(?i)nan|inf')
    END;

-- Whether DuckDB may have spelt a number otherwise than Google does, in JSON that it extracted.
CREATE OR REPLACE MACRO google_json_respelt(e) AS
    CASE
        WHEN regexp_matches(e, '\\u00[01][A-F]') THEN TRUE
        ELSE google_json_has(e, '[0-9]e-?[0-9]|[0-9]{16}\.|(^|[-:\[,])0\.0000')
    END;

-- Whether the part `e` that DuckDB extracted of the STRING may be spelt otherwise than it was there: an escape, a
-- character that gets one, a number that is not whole, a null. Of -0 nothing is left in the part.
CREATE OR REPLACE MACRO google_json_rewritten(x, e) AS
    CASE
        WHEN regexp_matches(e, '[^ -[\]-~]') THEN TRUE
        WHEN google_json_has(x, '-0') THEN TRUE
        ELSE google_json_has(e, '[0-9][.eE]|[0-9]{17}|null|(?i:nan|inf)')
    END;

CREATE OR REPLACE MACRO google_json_type(e) AS
    CASE e[1]
        WHEN '"' THEN 'string'
        WHEN '{' THEN 'object'
        WHEN '[' THEN 'array'
        WHEN 'n' THEN 'null'
        WHEN 't' THEN 'boolean'
        WHEN 'f' THEN 'boolean'
        ELSE CASE WHEN e IS NOT NULL THEN 'number' END
    END;

-- A STRING as a JSON string. DuckDB writes the digits of control characters in capitals.
CREATE OR REPLACE MACRO google_json_string(x) AS
    CASE
        WHEN NOT contains(to_json(x)::VARCHAR, '\u00') THEN to_json(x)::VARCHAR
        ELSE '"' || array_to_string(
            list_transform(
                string_split(x, ''),
                lambda google_letter: CASE
                    WHEN regexp_matches(google_letter, '[\x0b\x0e\x0f\x1a-\x1f]') THEN '\u00' || lower(hex(google_letter))
                    ELSE (to_json(google_letter)::VARCHAR)[2:-2]
                END
            ),
            ''
        ) || '"'
    END;

-- The fraction of a second with three digits or six, or none.
CREATE OR REPLACE MACRO google_json_datetime(d) AS
    CASE
        WHEN epoch_us(d) % 1000000 = 0 THEN replace(d::VARCHAR, ' ', 'T')
        WHEN epoch_us(d) % 1000 = 0 THEN strftime(d, '%Y-%m-%dT%H:%M:%S.%g')
        ELSE strftime(d, '%Y-%m-%dT%H:%M:%S.%f')
    END;

CREATE OR REPLACE MACRO google_json_time(t) AS
    CASE
        WHEN microsecond(t) % 1000000 = 0 THEN t::VARCHAR
        WHEN microsecond(t) % 1000 = 0 THEN strftime(DATE '2000-01-01' + t, '%H:%M:%S.%g')
        ELSE strftime(DATE '2000-01-01' + t, '%H:%M:%S.%f')
    END;
