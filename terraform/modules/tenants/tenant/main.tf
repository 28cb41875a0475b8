resource "google_bigquery_dataset" "tenant" {
  project                    = var.settings.project
  dataset_id                 = var.tenant_id
  location                   = var.tenant.location
  description                = "Tenant ${var.tenant.display_name}"
  delete_contents_on_destroy = false

  # Also where tenant.yml names another location: BigQuery can't move a dataset, so it would be deleted.
  lifecycle {
    prevent_destroy = true
  }
}

resource "google_bigquery_table" "tenant" {
  for_each = var.tenant.tables

  project             = var.settings.project
  dataset_id          = google_bigquery_dataset.tenant.dataset_id
  table_id            = each.key
  description         = each.value.description
  schema              = each.value.schema
  clustering          = length(each.value.clustering) > 0 ? each.value.clustering : null
  deletion_protection = true

  dynamic "time_partitioning" {
    for_each = each.value.partition_field == null ? [] : [each.value.partition_field]

    content {
      type  = "DAY"
      field = time_partitioning.value
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

# Containers only. A value in a google_secret_manager_secret_version would be in the state, for all to read who may plan.
resource "google_secret_manager_secret" "tenant" {
  for_each = var.datasets_only ? {} : var.tenant.secrets

  project             = var.settings.project
  secret_id           = each.value
  deletion_protection = true

  replication {
    auto {}
  }

  lifecycle {
    prevent_destroy = true
  }
}

# The configuration that the functions read. `source` and not `content`: a file may hold anything, and the state only its
# hash. The files wait for the tables: a run that found a new one declared and missing would make it, and Terraform fail.
resource "google_storage_bucket_object" "file" {
  for_each = toset(var.datasets_only ? [] : var.tenant.files)

  bucket         = var.settings.configuration_bucket
  name           = "${var.settings.configuration_prefix}/${each.value}"
  source         = "${var.settings.configs_dir}/${each.value}"
  source_md5hash = filemd5("${var.settings.configs_dir}/${each.value}")

  depends_on = [google_bigquery_table.tenant]
}
