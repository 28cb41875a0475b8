# The tenant's jobs run as an account of its own, which IAM lets near nothing but what is the tenant's.

locals {
  member       = "serviceAccount:${var.account}"
  access_count = var.datasets_only ? 0 : 1
}

# The tenant's jobs write its tables.
resource "google_bigquery_dataset_iam_member" "tenant" {
  count = local.access_count

  project    = var.settings.project
  dataset_id = google_bigquery_dataset.tenant.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = local.member
}

# Jobs belong to the project. The role lets an account run them and see its own, and no table.
resource "google_project_iam_member" "tenant" {
  count = local.access_count

  project = var.settings.project
  role    = "roles/bigquery.jobUser"
  member  = local.member
}

# The executor acts as the tenant whose step it carries out, and has no rights of its own on tenants' data.
resource "google_service_account_iam_member" "executor" {
  count = local.access_count

  service_account_id = "projects/${var.settings.project}/serviceAccounts/${var.account}"
  role               = var.settings.token_creator_role
  member             = var.settings.executor_member
}

# Triggers asks whether the tenant has a dataset, and where, before it accepts a run.
resource "google_bigquery_dataset_iam_member" "triggers" {
  count = local.access_count

  project    = var.settings.project
  dataset_id = google_bigquery_dataset.tenant.dataset_id
  role       = var.settings.dataset_metadata_role
  member     = var.settings.triggers_member
}

# Only where it is asked for: whoever takes over triggers, which anybody can call, could act as every tenant then.
resource "google_service_account_iam_member" "triggers" {
  count = var.settings.triggers_estimates ? local.access_count : 0

  service_account_id = "projects/${var.settings.project}/serviceAccounts/${var.account}"
  role               = var.settings.token_creator_role
  member             = var.settings.triggers_member
}

# A tenant's secret is read by nobody else, not even by the executor's own account.
resource "google_secret_manager_secret_iam_member" "tenant" {
  for_each = google_secret_manager_secret.tenant

  project   = var.settings.project
  secret_id = each.value.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.member
}
