output "project" {
  description = "The project, once its APIs answer. Take it from here and nothing is made too early."
  value       = var.project

  depends_on = [time_sleep.settled]
}

output "services" {
  description = "The APIs that are enabled."
  value       = sort([for service in google_project_service.this : service.service])
}
