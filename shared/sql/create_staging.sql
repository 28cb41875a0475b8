-- A table for rows on their way, which BigQuery drops after a day.
CREATE TABLE IF NOT EXISTS ${target} (
${columns}
)
OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY))
