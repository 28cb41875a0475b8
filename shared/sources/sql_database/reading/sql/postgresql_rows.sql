-- The rows of a table of a PostgreSQL database, those that meet a condition.
SELECT ${columns}
FROM ${table}
WHERE ${condition}
