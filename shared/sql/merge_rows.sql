-- Update the rows with the same keys, add the others. MERGE by itself would add rows whose keys are NULL again with
-- every run, and add several new rows with the same keys, which no later run could then tell apart.
MERGE INTO ${target} AS T
USING (
SELECT *
FROM (
SELECT ${values}
FROM (
${rows}
) AS S
) AS S
WHERE ${has_keys}
QUALIFY IF(COUNT(*) OVER (PARTITION BY ${partition}) > 1, ERROR(${same_keys_twice}), TRUE)
) AS S
ON ${same_keys}
WHEN MATCHED THEN UPDATE SET ${assignments}
WHEN NOT MATCHED BY TARGET THEN INSERT (${columns}) VALUES (${columns})
