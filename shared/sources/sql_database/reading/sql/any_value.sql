-- What is true of rows in which a column is not NULL.
${column} IS NOT NULL
