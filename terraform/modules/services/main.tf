resource "google_project_service" "this" {
  for_each = var.services

  project = var.project
  service = each.value

  # Others in the project may use the API by the time the platform is taken down.
  disable_on_destroy = false
}

resource "time_sleep" "settled" {
  create_duration = var.settling_time
  triggers        = { services = join(" ", sort(var.services)) }

  depends_on = [google_project_service.this]
}
