-- The columns of a table with their types, one a line, as BigQuery knows them, for a rule.
SELECT STRING_AGG(CONCAT(C.column_name, ' ', C.data_type), '\n' ORDER BY C.ordinal_position)
FROM ${dataset}.INFORMATION_SCHEMA.COLUMNS AS C
WHERE C.table_name = ${table}
