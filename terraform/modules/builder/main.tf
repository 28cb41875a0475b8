locals {
  # What Google asks of a build account of one's own (cloud.google.com/functions/docs/securing/build-custom-sa).
  # Nothing falls back on Compute Engine's default account, which in a project of today has no roles.
  roles = {
    "roles/artifactregistry.writer" = "keeps the images"
    "roles/logging.logWriter"       = "writes the build's log"
    "roles/storage.objectViewer"    = "reads the source, from a bucket that Google names and makes"
  }

  seconds_a_day = 86400

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

# Made first: several functions that are new at once would each try to make Google's own, and some of them fail.
resource "google_artifact_registry_repository" "images" {
  project       = var.project
  location      = var.region
  repository_id = var.repository
  format        = "DOCKER"
  description   = "Convergence: images of the functions"

  # Of each function. Cloud Run keeps a copy of the image that it serves, so nothing that runs is deleted.
  cleanup_policies {
    id     = "keep-the-latest"
    action = "KEEP"

    most_recent_versions {
      keep_count = var.images_kept
    }
  }

  cleanup_policies {
    id     = "delete-the-old"
    action = "DELETE"

    condition {
      tag_state  = "ANY"
      older_than = "${var.images_kept_days * local.seconds_a_day}s"
    }
  }
}

# A grant takes typically two minutes until it is known everywhere, and up to seven or more
# (docs.cloud.google.com/iam/docs/access-change-propagation).
resource "time_sleep" "settled" {
  create_duration = var.settling_time

  depends_on = [google_project_iam_member.build]
}
