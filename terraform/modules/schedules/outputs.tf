output "jobs" {
  description = "The names of the Cloud Scheduler jobs."
  value       = local.jobs_output
}

output "ticks" {
  description = "Whether there are so many scheduled pipelines that one job asks every minute what is due."
  value       = local.ticks
}
