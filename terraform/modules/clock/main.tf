locals {
  email = "${google_service_account.scheduler.account_id}@${var.project}.iam.gserviceaccount.com"
}

# Whose tokens the reconciler and, for the pipelines' schedules, triggers are called with.
resource "google_service_account" "scheduler" {
  project      = var.project
  account_id   = "convergence-scheduler"
  display_name = "Convergence: calls triggers and the reconciler on time"
}

# IAM refuses an account that was made just now in a grant.
resource "time_sleep" "account" {
  create_duration = "30s"
  triggers        = { account = google_service_account.scheduler.account_id }
}

resource "google_cloud_scheduler_job" "reconciler" {
  project     = var.project
  region      = var.region
  name        = "convergence-reconciler"
  description = "Looks after the runs that nobody else does"
  schedule    = var.every_minutes == 1 ? "* * * * *" : "*/${var.every_minutes} * * * *"
  time_zone   = "Etc/UTC"

  # A call goes on for 50 s, and then may finish what it is at. It is not tried again: the next one does the rest.
  attempt_deadline = "320s"

  http_target {
    http_method = "POST"
    uri         = "${var.reconciler_uri}/"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode("{}")

    oidc_token {
      service_account_email = local.email
      audience              = var.reconciler_uri
    }
  }
}
