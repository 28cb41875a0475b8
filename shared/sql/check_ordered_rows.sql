-- Rules of a dq step in one scan: one row, with the figures of each rule. Some ask what comes before or after a row.
SELECT
  COUNT(*) AS rows_checked${figures}
FROM (
  SELECT T.*${columns}
  FROM ${target} AS T
  WHERE ${scope}
) AS T
