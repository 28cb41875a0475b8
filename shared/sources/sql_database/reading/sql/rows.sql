-- The rows of a table, those that meet a condition.
SELECT ${columns}
FROM ${table}
WHERE ${condition}
