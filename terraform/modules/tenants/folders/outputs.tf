output "tenants" {
  description = "By tenant: display_name, location, account_id, tables (by name), secrets (ids in Secret Manager, by name) and files (paths)."
  value       = local.tenants
}

output "schedules" {
  description = "Every pipeline that has a schedule: job, tenant, provider, domain, pipeline, cron and timezone."
  value       = values(local.schedules)
}

output "problems" {
  description = "What is wrong in the folders, a sentence each, with the file's name."
  value       = local.problems
}
