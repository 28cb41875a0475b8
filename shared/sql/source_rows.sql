-- The rows of a source table, those of a window of days.
SELECT ${columns}
FROM ${source}
WHERE ${window}
