-- The tables and views of a PostgreSQL database that its user may know of.
SELECT namespace.nspname, relation.relname
FROM pg_catalog.pg_class AS relation
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace
WHERE relation.relkind IN ('r', 'v', 'm', 'p', 'f')
  AND namespace.nspname NOT IN ('pg_catalog', 'information_schema')
  AND has_schema_privilege(namespace.oid, 'USAGE')
ORDER BY namespace.nspname, relation.relname
LIMIT 5000
