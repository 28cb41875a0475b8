-- The rows of loaded objects; a column that they don't have is NULL.
SELECT ${values}
FROM ${source}
