output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>'."
  value = [
    "${google_bigquery_dataset_iam_member.writer.member} ${google_bigquery_dataset_iam_member.writer.role} on dataset ${google_bigquery_dataset_iam_member.writer.dataset_id}",
  ]
}
