-- The columns of a table of a PostgreSQL database, in their order.
SELECT attname
FROM pg_catalog.pg_attribute
WHERE attrelid = to_regclass(%(table)s) AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
