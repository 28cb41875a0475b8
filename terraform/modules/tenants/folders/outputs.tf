output "tenants" {
  description = "By tenant: display_name, location and account_id."
  value       = local.tenants
}

output "tables" {
  description = "By tenant/table: tenant_id, table_id, description, schema (JSON), partition_field and clustering."
  value       = local.tables
}

output "secrets" {
  description = "By tenant/name: tenant_id, name and secret_id."
  value       = local.secrets
}

output "files" {
  description = "Paths below configs_dir of the files that tenants are read by."
  value       = local.files
}

output "schedules" {
  description = "Every pipeline that has a schedule: job, tenant, provider, domain, pipeline, cron and timezone."
  value       = values(local.schedules)
}

output "problems" {
  description = "What is wrong in the folders, a sentence each, with the file's name."
  value       = local.problems
}
