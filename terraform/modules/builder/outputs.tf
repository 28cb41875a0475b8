output "service_account" {
  description = "The account as a function's build_config wants it, once its grants are known."
  value       = "projects/${var.project}/serviceAccounts/${local.email}"

  depends_on = [time_sleep.settled]
}

output "docker_repository" {
  description = "Where a function's build_config keeps its images."
  value       = "projects/${var.project}/locations/${google_artifact_registry_repository.images.location}/repositories/${google_artifact_registry_repository.images.repository_id}"

  depends_on = [google_artifact_registry_repository.images]
}

output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>'."
  value       = sort([for grant in google_project_iam_member.build : "${grant.member} ${grant.role} on project ${grant.project}"])
}
