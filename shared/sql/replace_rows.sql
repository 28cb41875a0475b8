-- Put a query's rows in place of the table's rows in scope, in one atomic statement. A row outside the scope would be
-- added again by every run and never replaced, so there must be none.
MERGE INTO ${target} AS T
USING (
SELECT *
FROM (
SELECT ${values}
FROM (
${rows}
) AS S
) AS S
WHERE ${in_window}
) AS S
ON FALSE
WHEN NOT MATCHED BY SOURCE AND ${scope} THEN DELETE
WHEN NOT MATCHED BY TARGET THEN INSERT (${columns}) VALUES (${columns})
