-- The rows have arrived; a staging table that is left behind by a failure BigQuery drops by itself.
DROP TABLE IF EXISTS ${target}
