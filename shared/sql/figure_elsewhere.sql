-- A figure of another table's rows, for a rule.
SELECT ${figure}
FROM ${target} AS O
WHERE ${scope}
