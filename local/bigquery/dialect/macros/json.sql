-- JSON: scalars come out as BigQuery spells them, objects and arrays only where they are asked for.

CREATE OR REPLACE MACRO bq_json_value(j, path) AS
  CASE json_type(j, path)
    WHEN 'OBJECT' THEN NULL
    WHEN 'ARRAY' THEN NULL
    WHEN 'DOUBLE' THEN CAST(TRY_CAST(json_extract_string(j, path) AS DOUBLE) AS VARCHAR)
    ELSE json_extract_string(j, path)
  END;

CREATE OR REPLACE MACRO bq_json_query
  (j JSON, path) AS json_extract(j, path),
  (j VARCHAR, path) AS CAST(json_extract(j, path) AS VARCHAR);

CREATE OR REPLACE MACRO bq_json_query_array(j, path, items) AS
  CASE WHEN json_type(j, path) = 'ARRAY' THEN json_extract(j, items) END;

CREATE OR REPLACE MACRO bq_json_value_array(j, path, items) AS
  CASE WHEN json_type(j, path) = 'ARRAY'
            AND NOT list_contains(list_transform(json_extract(j, items), lambda e: json_type(e) IN ('OBJECT', 'ARRAY')), TRUE)
       THEN json_extract_string(j, items) END;

CREATE OR REPLACE MACRO bq_json_string(x) AS
  CASE
    WHEN typeof(x) <> 'JSON' THEN bq_cast_string(x)
    WHEN json_type(to_json(x)) = 'VARCHAR' THEN json_extract_string(to_json(x), '$')
    WHEN x IS NULL THEN NULL
    ELSE error('The provided JSON input is not a string')
  END;

CREATE OR REPLACE MACRO bq_json_int64(j) AS
  CASE
    WHEN j IS NULL THEN NULL
    WHEN json_type(j) IN ('BIGINT', 'UBIGINT') THEN TRY_CAST(json_extract_string(j, '$') AS BIGINT)
    WHEN json_type(j) = 'DOUBLE' AND TRY_CAST(json_extract_string(j, '$') AS DOUBLE) = trunc(TRY_CAST(json_extract_string(j, '$') AS DOUBLE))
      THEN TRY_CAST(TRY_CAST(json_extract_string(j, '$') AS DOUBLE) AS BIGINT)
    ELSE error('The provided JSON input is not an integer')
  END;

CREATE OR REPLACE MACRO bq_json_float64(j) AS
  CASE
    WHEN j IS NULL THEN NULL
    WHEN json_type(j) IN ('BIGINT', 'UBIGINT', 'DOUBLE') THEN TRY_CAST(json_extract_string(j, '$') AS DOUBLE)
    ELSE error('The provided JSON input is not a number')
  END;

CREATE OR REPLACE MACRO bq_json_bool(j) AS
  CASE
    WHEN j IS NULL THEN NULL
    WHEN json_type(j) = 'BOOLEAN' THEN json_extract_string(j, '$') = 'true'
    ELSE error('The provided JSON input is not a boolean')
  END;

-- Arrays of both kinds count from 0 in BigQuery; DuckDB counts those of JSON from 0 and its own from 1.
CREATE OR REPLACE MACRO bq_element(items, place) AS
  items[CASE WHEN typeof(items) = 'JSON' THEN place ELSE place + 1 END];

CREATE OR REPLACE MACRO bq_json_type(j) AS
  CASE json_type(j)
    WHEN 'OBJECT' THEN 'object'
    WHEN 'ARRAY' THEN 'array'
    WHEN 'VARCHAR' THEN 'string'
    WHEN 'BOOLEAN' THEN 'boolean'
    WHEN 'NULL' THEN 'null'
    WHEN 'BIGINT' THEN 'number'
    WHEN 'UBIGINT' THEN 'number'
    WHEN 'DOUBLE' THEN 'number'
  END;

CREATE OR REPLACE MACRO bq_to_json(x) AS
  CAST(bqx_json_text(CAST(to_json(x) AS VARCHAR), typeof(x), FALSE) AS JSON);

CREATE OR REPLACE MACRO bq_to_json_string(x) AS
  bqx_json_text(CAST(to_json(x) AS VARCHAR), typeof(x), TRUE);
