-- The tables and views of MySQL databases that the user may know of.
SELECT table_schema, table_name
FROM information_schema.tables
WHERE table_schema = COALESCE(%(schema)s, DATABASE())
ORDER BY table_schema, table_name
LIMIT 5000
