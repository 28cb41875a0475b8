-- The rows of one file, each with its name.
SELECT S.*, ${value} AS ${file}
FROM (
${rows}
) AS S
