output "dataset" {
  description = "The dataset's name."
  value       = google_bigquery_dataset.metadata.dataset_id
}

output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>'."
  value = sort(concat(
    [for grant in google_bigquery_dataset_iam_member.metadata : "${grant.member} ${grant.role} on dataset ${grant.dataset_id}"],
    [for grant in google_bigquery_table_iam_member.metadata : "${grant.member} ${grant.role} on table ${grant.dataset_id}.${grant.table_id}"],
  ))
}
