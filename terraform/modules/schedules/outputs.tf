output "jobs" {
  description = "The names of the Cloud Scheduler jobs, sorted."
  value       = keys(google_cloud_scheduler_job.job)
}

output "ticks" {
  description = "Whether there are so many scheduled pipelines that one job asks every minute what is due."
  value       = local.ticks
}
