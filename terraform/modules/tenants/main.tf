# A tenant is a folder below configs_dir that holds a tenant.yml. What the folders say is read in folders/.
#
# Names are computed from each.value, not asked of other resources, and what has to be there first is said by depends_on
# through a single resource: with 1,000 tenants, Terraform would otherwise read all of a kind for each of another.

module "folders" {
  source = "./folders"

  configs_dir = var.configs_dir
  schemas_dir = coalesce(var.schemas_dir, "${path.module}/../../../shared/schemas")
}

resource "terraform_data" "configuration" {
  lifecycle {
    precondition {
      condition     = length(module.folders.problems) == 0
      error_message = <<-EOT
        ${join("\n", module.folders.problems)}
        `convergence validate` shows the line and the column of what is wrong in a file.
      EOT
    }
  }
}

resource "google_bigquery_dataset" "tenant" {
  for_each = module.folders.tenants

  project                    = var.project
  dataset_id                 = each.key
  location                   = each.value.location
  description                = "Tenant ${each.value.display_name}"
  delete_contents_on_destroy = false

  depends_on = [terraform_data.configuration]

  # Also where tenant.yml names another location: BigQuery can't move a dataset, it would be deleted.
  lifecycle {
    prevent_destroy = true
  }
}

resource "terraform_data" "datasets" {
  depends_on = [google_bigquery_dataset.tenant]
}

resource "google_bigquery_table" "tenant" {
  for_each = module.folders.tables

  project             = var.project
  dataset_id          = each.value.tenant_id
  table_id            = each.value.table_id
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

  depends_on = [terraform_data.datasets]

  lifecycle {
    prevent_destroy = true
  }
}
