-- The values of the loaded lines, if each is certain and they are all of the text that was to be loaded.
SELECT IF(is_sure, data, ERROR(${unsure})) AS data
FROM (
${lines}
)
UNION ALL
SELECT JSON 'null' AS data
FROM (SELECT COUNT(*) AS line_count, IFNULL(SUM(BYTE_LENGTH(line)), 0) AS byte_count FROM ${source})
WHERE IF(${is_whole}, FALSE, ERROR(${not_whole}))
