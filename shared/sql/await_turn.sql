-- Wait while another's transaction changes the row of a table's lock; see to it that there is one.
MERGE INTO ${lock} AS T
USING (SELECT ${table} AS table_name) AS S
ON T.table_name = S.table_name
WHEN MATCHED THEN UPDATE SET run_id = @run_id, locked_at = CURRENT_TIMESTAMP()
WHEN NOT MATCHED BY TARGET THEN INSERT (table_name, run_id, locked_at)
VALUES (S.table_name, @run_id, CURRENT_TIMESTAMP())
