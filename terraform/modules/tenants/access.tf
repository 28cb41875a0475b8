# Each tenant's jobs run as an account of its own, which IAM lets near nothing but what is the tenant's.

locals {
  tenants_with_account = var.datasets_only ? {} : {
    for id, tenant in module.folders.tenants : id => {
      account_id   = tenant.account_id
      display_name = substr("Tenant ${tenant.display_name}", 0, 100)
      email        = "${tenant.account_id}@${var.project}.iam.gserviceaccount.com"
    }
  }
  secrets = var.datasets_only ? {} : {
    for key, secret in module.folders.secrets : key => merge(secret, {
      email = local.tenants_with_account[secret.tenant_id].email
    })
  }
}

resource "google_service_account" "tenant" {
  for_each = local.tenants_with_account

  project      = var.project
  account_id   = each.value.account_id
  display_name = each.value.display_name
  description  = "Runs the jobs of tenant ${each.key}"

  depends_on = [terraform_data.configuration]
}

# IAM refuses an account that was made just now in a grant.
resource "time_sleep" "accounts" {
  count = var.datasets_only ? 0 : 1

  create_duration = "30s"
  triggers = {
    accounts = sha256(join(",", [for tenant in local.tenants_with_account : tenant.account_id]))
  }

  depends_on = [google_service_account.tenant]
}

# The tenant's jobs write its tables.
resource "google_bigquery_dataset_iam_member" "tenant" {
  for_each = local.tenants_with_account

  project    = var.project
  dataset_id = each.key
  role       = "roles/bigquery.dataEditor"
  member     = "serviceAccount:${each.value.email}"

  depends_on = [terraform_data.datasets, time_sleep.accounts]
}

# Jobs belong to the project. The role lets an account run them and see its own, and no table.
resource "google_project_iam_member" "tenant" {
  for_each = local.tenants_with_account

  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = "serviceAccount:${each.value.email}"

  depends_on = [time_sleep.accounts]
}

# The executor acts as the tenant whose step it carries out, and has no rights of its own on tenants' data.
resource "google_service_account_iam_member" "executor" {
  for_each = local.tenants_with_account

  service_account_id = "projects/${var.project}/serviceAccounts/${each.value.email}"
  role               = var.token_creator_role
  member             = var.executor_member

  depends_on = [time_sleep.accounts]
}

# Triggers asks whether the tenant has a dataset, and where, before it accepts a run.
resource "google_bigquery_dataset_iam_member" "triggers" {
  for_each = local.tenants_with_account

  project    = var.project
  dataset_id = each.key
  role       = var.dataset_metadata_role
  member     = var.triggers_member

  depends_on = [terraform_data.datasets]
}

# Containers only. A value in a google_secret_manager_secret_version would be in the state, for all to read who may plan.
resource "google_secret_manager_secret" "tenant" {
  for_each = local.secrets

  project             = var.project
  secret_id           = each.value.secret_id
  deletion_protection = true

  replication {
    auto {}
  }

  depends_on = [terraform_data.configuration]

  lifecycle {
    prevent_destroy = true
  }
}

resource "terraform_data" "secrets" {
  depends_on = [google_secret_manager_secret.tenant]
}

resource "google_secret_manager_secret_iam_member" "tenant" {
  for_each = local.secrets

  project   = var.project
  secret_id = each.value.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${each.value.email}"

  depends_on = [terraform_data.secrets, time_sleep.accounts]
}
