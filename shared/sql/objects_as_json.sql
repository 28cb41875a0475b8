-- Each row of loaded objects as the JSON value that reading them would give.
SELECT TO_JSON(STRUCT(${values})) AS data
FROM ${source}
