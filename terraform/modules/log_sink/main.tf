resource "google_logging_project_sink" "functions" {
  project                = var.project
  name                   = "convergence"
  description            = "The functions' log lines, for longer than Cloud Logging keeps them"
  destination            = "bigquery.googleapis.com/projects/${var.project}/datasets/${var.dataset}"
  filter                 = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^convergence-\""
  unique_writer_identity = true

  bigquery_options {
    use_partitioned_tables = true
  }
}

resource "google_bigquery_dataset_iam_member" "writer" {
  project    = var.project
  dataset_id = var.dataset
  role       = "roles/bigquery.dataEditor"
  member     = google_logging_project_sink.functions.writer_identity
}
