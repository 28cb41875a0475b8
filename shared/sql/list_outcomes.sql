-- How a pipeline's runs of some time stand and with which parameters, newest first.
SELECT run_id, status, parameters
FROM pipeline_runs
WHERE run_date >= @first_date
  AND tenant_id = @tenant_id
  AND pipeline_id = @pipeline_id
ORDER BY created_at DESC, run_id DESC
