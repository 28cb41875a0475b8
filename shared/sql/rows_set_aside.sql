-- The staged rows that are to be set aside, each with why and where it was found.
SELECT
  ${step} AS step_id,
  ${source} AS source,
  JSON_VALUE(S.${broken}, '$$.file') AS source_file,
  CAST(JSON_VALUE(S.${broken}, '$$.line') AS INT64) AS line,
  JSON_VALUE(S.${broken}, '$$.place') AS place,
  JSON_VALUE(S.${broken}, '$$.field') AS field,
  JSON_VALUE(S.${broken}, '$$.reason') AS reason,
  JSON_QUERY(S.${broken}, '$$.found') AS data${more}
FROM ${staging} AS S
WHERE ${which}
