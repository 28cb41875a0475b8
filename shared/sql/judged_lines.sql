-- Each loaded line, the JSON value that it says, and whether reading it is certain to give the same.
SELECT
  line,
  data,
  IFNULL(
    JSON_TYPE(data) = 'object'
      AND NOT REGEXP_CONTAINS(line, ${unsure_characters})
      AND NOT REGEXP_CONTAINS(REGEXP_REPLACE(line, ${sure_text}, ''), ${unsure_rest})
      AND BYTE_LENGTH(line) - BYTE_LENGTH(REPLACE(line, '"', ''))
        = BYTE_LENGTH(TO_JSON_STRING(data)) - BYTE_LENGTH(REPLACE(TO_JSON_STRING(data), '"', '')),
    FALSE
  ) AS is_sure
FROM (SELECT line, SAFE.PARSE_JSON(line, wide_number_mode => 'exact') AS data FROM ${source})
