-- Rules of a dq step in one scan: one row, with the figures of each rule.
SELECT
  COUNT(*) AS rows_checked${figures}
FROM ${target} AS T
WHERE ${scope}
