-- Write a table while nobody else does so in this way. MERGEs that only add rows don't conflict in BigQuery, so two at
-- once may add the same ones. Of two transactions that change rows of one table it cancels one: both change the lock's.
BEGIN TRANSACTION;
UPDATE ${lock} SET run_id = @run_id, locked_at = CURRENT_TIMESTAMP() WHERE TRUE;
${writes};
COMMIT TRANSACTION
