output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>'."
  value = concat(
    [for grant in google_bigquery_dataset_iam_member.tenant : "${grant.member} ${grant.role} on dataset ${grant.dataset_id}"],
    [for grant in google_bigquery_dataset_iam_member.triggers : "${grant.member} ${grant.role} on dataset ${grant.dataset_id}"],
    [for grant in google_project_iam_member.tenant : "${grant.member} ${grant.role} on project ${grant.project}"],
    [for grant in google_secret_manager_secret_iam_member.tenant : "${grant.member} ${grant.role} on secret ${grant.secret_id}"],
    [for grant in google_service_account_iam_member.executor : "${grant.member} ${grant.role} on account ${var.account}"],
    [for grant in google_service_account_iam_member.triggers : "${grant.member} ${grant.role} on account ${var.account}"],
  )
}

# The tests look at these.
output "dataset" {
  description = "The dataset."
  value       = google_bigquery_dataset.tenant
}

output "tables" {
  description = "The tables, by name."
  value       = google_bigquery_table.tenant
}

output "secrets" {
  description = "The secrets, by the name that sources call them."
  value       = google_secret_manager_secret.tenant
}

output "files" {
  description = "The configuration's objects, by path."
  value       = google_storage_bucket_object.file
}
