-- Whether a step's rows were set aside under a run's id before, which also says that the others were written.
SELECT 1
FROM ${target} AS Q
WHERE
  Q.ingestion_date >= DATE_SUB(@run_date, INTERVAL 1 DAY)
  AND Q.pipeline_id = @pipeline_id
  AND Q.run_id = @run_id
  AND Q.step_id = ${step}
