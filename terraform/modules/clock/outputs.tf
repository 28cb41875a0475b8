output "email" {
  description = "The account that Cloud Scheduler calls with: SCHEDULER_SERVICE_ACCOUNT of triggers."
  value       = local.email
}

output "member" {
  description = "The same account as a member of grants; it needs run.invoker on the reconciler."
  value       = "serviceAccount:${local.email}"

  depends_on = [time_sleep.account]
}

output "job" {
  description = "The name of the Cloud Scheduler job."
  value       = google_cloud_scheduler_job.reconciler.name
}
