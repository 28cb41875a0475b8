locals {
  ticks       = length(var.schedules) > var.scheduler_jobs_limit
  jobs_output = []
}
