-- The rows of a table of a MySQL database, those of a window of days.
SELECT ${columns}
FROM ${table}
WHERE ${window}
