-- Wait while another's transaction changes the row of a table's lock; see to it that there is one.
MERGE INTO ${lock} AS T
USING (SELECT 1) AS S
ON TRUE
WHEN MATCHED THEN UPDATE SET run_id = @run_id, locked_at = CURRENT_TIMESTAMP()
WHEN NOT MATCHED BY TARGET THEN INSERT (run_id, locked_at) VALUES (@run_id, CURRENT_TIMESTAMP())
