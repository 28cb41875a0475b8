-- Which of these types of a PostgreSQL database are arrays, and what their items are read as.
SELECT kind.oid, COALESCE(NULLIF(item.typbasetype, 0), item.oid)
FROM pg_catalog.pg_type AS kind
JOIN pg_catalog.pg_type AS item ON item.oid = kind.typelem
WHERE kind.oid = ANY(%(types)s) AND kind.typcategory = 'A'
