-- Each row as one JSON value; numbers that JSON can't hold exactly become strings.
SELECT TO_JSON(S, stringify_wide_numbers => TRUE) AS data
FROM (
${rows}
) AS S
