-- Update the rows with the same keys, add the others. MERGE by itself would add rows whose keys are NULL again with
-- every run, and add several new rows with the same keys, which no later run could then tell apart. NULL is looked for
-- in a value, not in a condition: conditions are in no order, and this one might be about rows that the query leaves out.
MERGE INTO ${target} AS T
USING (
SELECT *
FROM (
SELECT *${checked}
FROM (
SELECT ${values}
FROM (
${rows}
) AS S
) AS S
) AS S
WHERE TRUE
QUALIFY IF(COUNT(*) OVER (PARTITION BY ${partition}) > 1, ERROR(${same_keys_twice}), TRUE)
) AS S
ON ${same_keys}
WHEN MATCHED THEN UPDATE SET ${assignments}
WHEN NOT MATCHED BY TARGET THEN INSERT (${columns}) VALUES (${columns})
