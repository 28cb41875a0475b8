output "bucket" {
  description = "The bucket's name."
  value       = google_storage_bucket.configuration.name
}

output "prefix" {
  description = "The path in the bucket under which the folder lies."
  value       = var.prefix
}

output "uri" {
  description = "What CONFIGS_URI has to be."
  value       = "gs://${google_storage_bucket.configuration.name}/${var.prefix}"
}

output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>'."
  value       = sort([for grant in google_storage_bucket_iam_member.readers : "${grant.member} ${grant.role} on bucket ${grant.bucket}"])
}
