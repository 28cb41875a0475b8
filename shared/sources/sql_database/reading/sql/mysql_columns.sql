-- The columns of a table of a MySQL database, in their order.
SELECT column_name
FROM information_schema.columns
WHERE table_schema = COALESCE(%(schema)s, DATABASE()) AND table_name = %(table)s
ORDER BY ordinal_position
