output "name" {
  description = "The function's name, and that of the Cloud Run service below it."
  value       = google_cloudfunctions2_function.this.name
}

output "uri" {
  description = "Where it answers, without a slash at the end, once those who may call it can."
  value       = google_cloudfunctions2_function.this.service_config[0].uri

  depends_on = [google_cloud_run_service_iam_member.invoker, terraform_data.unasked]
}

output "email" {
  description = "The e-mail address of its account."
  value       = local.email
}

output "member" {
  description = "Its account as a member of grants, once they can name it."
  value       = local.member

  depends_on = [time_sleep.account]
}

output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>'."
  value = sort(concat(
    [for grant in google_project_iam_member.this : "${grant.member} ${grant.role} on project ${grant.project}"],
    [for grant in google_cloud_run_service_iam_member.invoker : "${grant.member} ${grant.role} on service ${grant.service}"],
    [for unasked in terraform_data.unasked : "everybody unasked on service ${local.name}"],
  ))
}
