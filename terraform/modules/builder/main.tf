locals {
  # What Google asks of a build account of one's own (cloud.google.com/functions/docs/securing/build-custom-sa).
  # Nothing falls back on Compute Engine's default account, which in a project of today has no roles.
  roles = {
    "roles/artifactregistry.writer" = "keeps the images"
    "roles/logging.logWriter"       = "writes the build's log"
    "roles/storage.objectViewer"    = "reads the source, from a bucket that Google names and makes"
  }

  email  = "${google_service_account.build.account_id}@${var.project}.iam.gserviceaccount.com"
  member = "serviceAccount:${local.email}"
}

resource "google_service_account" "build" {
  project      = var.project
  account_id   = var.account_id
  display_name = "Convergence: builds the functions"
}

# IAM refuses an account that was made just now in a grant.
resource "time_sleep" "account" {
  create_duration = "30s"
  triggers        = { account = google_service_account.build.account_id }
}

resource "google_project_iam_member" "build" {
  for_each = local.roles

  project = var.project
  role    = each.key
  member  = local.member

  depends_on = [time_sleep.account]
}

resource "time_sleep" "settled" {
  create_duration = var.settling_time

  depends_on = [google_project_iam_member.build]
}
