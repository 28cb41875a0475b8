-- Put the rows of files in the place of those that the table has of them, in one atomic statement. A staged
-- row with ${marker} names a file that was read, also one without rows; the others are rows.
MERGE INTO ${target} AS T
USING (
SELECT ${values}, S.${marker} AS ${marker}
FROM ${staging} AS S
WHERE IF(
  EXISTS (SELECT 1 FROM ${target} AS O WHERE O.${pipeline} = @pipeline_id AND O.${file} IS NULL),
  ERROR(${refusal}),
  TRUE
)
) AS S
ON S.${marker} IS NOT NULL AND T.${pipeline} = @pipeline_id AND T.${file} = S.${marker}
WHEN MATCHED THEN DELETE
WHEN NOT MATCHED BY TARGET AND S.${marker} IS NULL THEN INSERT (${columns}) VALUES (${columns})
