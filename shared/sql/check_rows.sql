-- Every rule of a dq step in one scan: one row, a figure a rule.
SELECT
  COUNT(*) AS rows_checked${figures}
FROM ${target} AS T
WHERE ${scope}
