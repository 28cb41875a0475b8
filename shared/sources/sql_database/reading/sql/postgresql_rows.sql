-- The rows of a table of a PostgreSQL database, those of a window of days.
SELECT ${columns}
FROM ${table}
WHERE ${window}
