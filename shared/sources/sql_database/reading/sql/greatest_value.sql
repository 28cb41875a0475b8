-- The greatest value of a column, of all rows that are seen.
SELECT MAX(${column})
FROM ${table}
