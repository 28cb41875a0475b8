output "tenants" {
  description = "By tenant: its dataset, the dataset's location and the account that does its work."
  value       = local.tenants_output
}

output "secrets" {
  description = "By secret id ({tenant_id}_{name}): whose it is and what the source calls it. Terraform knows no values."
  value       = local.secrets_output
}

output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>', sorted."
  value       = local.grants_output
}

output "schedules" {
  description = "Every pipeline that has a schedule, for module schedules."
  value       = local.schedules_output
}
