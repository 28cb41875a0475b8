-- How many staged rows fit, how many are to be set aside, and what is wrong with one of these.
SELECT
  COUNTIF(${fits}) AS rows_fit,
  COUNTIF(S.${broken} IS NOT NULL) AS rows_broken,
  MIN(CONCAT(JSON_VALUE(S.${broken}, '$$.place'), ': ', JSON_VALUE(S.${broken}, '$$.reason'))) AS example
FROM ${staging} AS S
