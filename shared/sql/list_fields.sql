-- The fields that rows have in a JSON column, down to a depth.
SELECT DISTINCT field
FROM ${target} AS T, UNNEST(JSON_KEYS(T.${column}, ${depth})) AS field
WHERE ${scope}
ORDER BY field
LIMIT 1000
