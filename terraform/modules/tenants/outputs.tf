output "tenants" {
  description = "By tenant: its dataset, the dataset's location and the account that does its work."
  value = { for id, tenant in local.tenants : id => {
    dataset  = id
    location = tenant.location
    account  = var.datasets_only ? null : "${tenant.account_id}@${local.domain}"
  } }
}

output "secrets" {
  description = "Ids in Secret Manager, {tenant_id}_{name}, by tenant and name. Terraform knows no values."
  value       = { for id, tenant in local.tenants : id => tenant.secrets }
}

output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>', sorted."
  value       = sort(flatten([for tenant in module.tenant : tenant.grants]))
}

output "schedules" {
  description = "Every pipeline that has a schedule, for module schedules."
  value       = flatten([for tenant in local.written.tenants : tenant.schedules])
}
