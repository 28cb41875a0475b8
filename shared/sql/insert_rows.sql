-- Add a query's rows to a table.
INSERT INTO ${target} (${columns})
SELECT ${values}
FROM (
${rows}
) AS S
