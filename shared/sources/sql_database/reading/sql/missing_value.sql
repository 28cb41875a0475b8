-- A row in which a column is NULL.
SELECT 1
FROM ${table}
WHERE ${column} IS NULL
LIMIT 1
