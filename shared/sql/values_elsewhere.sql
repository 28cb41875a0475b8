-- Values of another table's column that a rule looks for; a NULL among them would make "is not there" unknown.
SELECT ${value}
FROM ${target} AS O
WHERE ${value} IS NOT NULL
