-- Put a query's rows in place of the table's rows in scope, in one atomic statement. A row outside the scope would be
-- added again by every run and never replaced, so there must be none. That is looked at in a value, not in a condition:
-- conditions are in no order, and this one might be about rows that the query leaves out.
MERGE INTO ${target} AS T
USING (
SELECT *${checked}
FROM (
SELECT ${values}
FROM (
${rows}
) AS S
) AS S
) AS S
ON FALSE
WHEN NOT MATCHED BY SOURCE AND ${scope} THEN DELETE
WHEN NOT MATCHED BY TARGET THEN INSERT (${columns}) VALUES (${columns})
