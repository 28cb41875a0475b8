locals {
  milliseconds_a_day = 86400000

  shared = "${path.module}/../../../shared"

  # The functions and the command line read the same files.
  tables = {
    for name in ["api_keys", "run_events"] :
    name => jsondecode(file("${local.shared}/schemas/${name}.json"))
  }

  # As shared/sql/statement.py fills them in: one placeholder, and $$ for $.
  views = {
    for name in ["pipeline_runs", "step_logs", "dq_results"] :
    name => replace(
      replace(file("${local.shared}/sql/${name}.sql"), "$${run_events}", "`${var.project}`.`${google_bigquery_dataset.metadata.dataset_id}`.`run_events`"),
      "$$", "$"
    )
  }
}

resource "google_bigquery_dataset" "metadata" {
  project     = var.project
  dataset_id  = "metadata"
  location    = var.location
  description = "API keys and the history of every run"

  delete_contents_on_destroy = false

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_bigquery_table" "tables" {
  for_each = local.tables

  project     = var.project
  dataset_id  = google_bigquery_dataset.metadata.dataset_id
  table_id    = each.value.name
  description = each.value.description
  schema      = jsonencode(each.value.columns)
  clustering  = each.value.clustering

  dynamic "time_partitioning" {
    for_each = try([each.value.partitioning], [])

    content {
      type  = time_partitioning.value.type
      field = time_partitioning.value.field

      # By the day of acceptance. Told nothing, BigQuery keeps all.
      expiration_ms = each.key == "run_events" && var.run_events_retention_days != null ? var.run_events_retention_days * local.milliseconds_a_day : null
    }
  }

  deletion_protection = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_bigquery_table" "views" {
  for_each = local.views

  project     = var.project
  dataset_id  = google_bigquery_dataset.metadata.dataset_id
  table_id    = each.key
  description = trimprefix(split("\n", each.value)[0], "-- ")

  view {
    query = each.value

    # Left out, BigQuery takes it for legacy SQL.
    use_legacy_sql = false
  }

  # A view holds no data, so it may be replaced.
  deletion_protection = false

  # BigQuery looks at a view's query when it is made.
  depends_on = [google_bigquery_table.tables]
}

resource "google_bigquery_dataset_iam_member" "metadata" {
  for_each = var.dataset_grants

  project    = var.project
  dataset_id = google_bigquery_dataset.metadata.dataset_id
  role       = each.value.role
  member     = each.value.member
}

resource "google_bigquery_table_iam_member" "metadata" {
  for_each = var.table_grants

  project    = var.project
  dataset_id = google_bigquery_dataset.metadata.dataset_id
  table_id   = each.value.table
  role       = each.value.role
  member     = each.value.member

  depends_on = [google_bigquery_table.tables, google_bigquery_table.views]
}
