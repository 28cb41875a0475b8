mock_provider "google" {
  mock_resource "google_logging_project_sink" {
    defaults = { writer_identity = "serviceAccount:service-123456789012@gcp-sa-logging.iam.gserviceaccount.com" }
  }
}

variables {
  project = "my-project"
  dataset = "convergence_log"
}

run "example" {
  command = apply

  assert {
    condition = (
      google_logging_project_sink.functions.destination == "bigquery.googleapis.com/projects/my-project/datasets/convergence_log"
      && google_logging_project_sink.functions.unique_writer_identity
      && google_logging_project_sink.functions.bigquery_options[0].use_partitioned_tables
    )
    error_message = "Log lines go elsewhere: ${google_logging_project_sink.functions.destination}"
  }

  assert {
    condition     = output.grants == ["serviceAccount:service-123456789012@gcp-sa-logging.iam.gserviceaccount.com roles/bigquery.dataEditor on dataset convergence_log"]
    error_message = "The sink may write into its dataset, and nobody gets more: ${join("; ", output.grants)}"
  }
}

run "refuses_the_platforms_own_dataset" {
  command = plan

  variables {
    dataset = "metadata"
  }

  expect_failures = [var.dataset]
}
