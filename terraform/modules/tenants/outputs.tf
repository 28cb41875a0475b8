output "tenants" {
  description = "By tenant: its dataset, the dataset's location and the account that does its work."
  value = { for id, tenant in module.folders.tenants : id => {
    dataset  = id
    location = tenant.location
    account  = var.datasets_only ? null : local.tenants_with_account[id].email
  } }
}

output "secrets" {
  description = "By tenant/name: the secret's id in Secret Manager, {tenant_id}_{name}. Terraform knows no values."
  value       = { for key, secret in local.secrets : key => secret.secret_id }
}

output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>', sorted."
  value = sort(concat(
    [for grant in google_bigquery_dataset_iam_member.tenant : "${grant.member} ${grant.role} on dataset ${grant.dataset_id}"],
    [for grant in google_bigquery_dataset_iam_member.triggers : "${grant.member} ${grant.role} on dataset ${grant.dataset_id}"],
    [for grant in google_project_iam_member.tenant : "${grant.member} ${grant.role} on project ${grant.project}"],
    [for grant in google_secret_manager_secret_iam_member.tenant : "${grant.member} ${grant.role} on secret ${grant.secret_id}"],
    [for grant in google_service_account_iam_member.executor :
    "${grant.member} ${grant.role} on account ${reverse(split("/", grant.service_account_id))[0]}"],
  ))
}

output "schedules" {
  description = "Every pipeline that has a schedule, for module schedules."
  value       = module.folders.schedules
}
