output "service_account" {
  description = "The account as a function's build_config wants it, once its grants are known."
  value       = "projects/${var.project}/serviceAccounts/${local.email}"

  depends_on = [time_sleep.settled]
}

output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>'."
  value       = sort([for grant in google_project_iam_member.build : "${grant.member} ${grant.role} on project ${grant.project}"])
}
