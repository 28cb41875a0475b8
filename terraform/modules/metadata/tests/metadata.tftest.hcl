mock_provider "google" {}

variables {
  project = "my-project"
}

run "example" {
  command = plan

  variables {
    location = "EU"

    table_grants = {
      "runs reads keys" = {
        table  = "api_keys"
        role   = "roles/bigquery.dataViewer"
        member = "serviceAccount:convergence-runs@my-project.iam.gserviceaccount.com"
      }
    }
  }

  assert {
    condition     = google_bigquery_dataset.metadata.location == "EU"
    error_message = "The dataset is somewhere else."
  }

  assert {
    condition     = output.grants == tolist(["serviceAccount:convergence-runs@my-project.iam.gserviceaccount.com roles/bigquery.dataViewer on table metadata.api_keys"])
    error_message = "Other grants were made: ${join(", ", output.grants)}"
  }
}

run "tables_are_as_their_files_say" {
  command = plan

  assert {
    condition     = toset(keys(google_bigquery_table.tables)) == toset(["api_keys", "run_events"])
    error_message = "There are other tables."
  }

  assert {
    condition = alltrue([
      for name in ["api_keys", "run_events"] :
      jsondecode(google_bigquery_table.tables[name].schema) == jsondecode(file("../../../shared/schemas/${name}.json")).columns
      && google_bigquery_table.tables[name].description == jsondecode(file("../../../shared/schemas/${name}.json")).description
      && google_bigquery_table.tables[name].clustering == tolist(jsondecode(file("../../../shared/schemas/${name}.json")).clustering)
    ])
    error_message = "A table differs from shared/schemas."
  }

  # In words of its own, so that the file and the module can't be wrong together.
  assert {
    condition = [for column in jsondecode(google_bigquery_table.tables["run_events"].schema) : "${column.name} ${column.type} ${column.mode}"] == [
      "event_id STRING REQUIRED",
      "run_id STRING REQUIRED",
      "tenant_id STRING REQUIRED",
      "pipeline_id STRING REQUIRED",
      "run_date DATE REQUIRED",
      "event_type STRING REQUIRED",
      "step_number INTEGER NULLABLE",
      "step_id STRING NULLABLE",
      "step_type STRING NULLABLE",
      "attempt INTEGER NULLABLE",
      "occurred_at TIMESTAMP REQUIRED",
      "error_message STRING NULLABLE",
      "detail JSON NULLABLE",
      "plan JSON NULLABLE",
      "reading_id STRING NULLABLE",
      "progress JSON NULLABLE",
    ]
    error_message = "run_events has other columns."
  }

  assert {
    condition = [for column in jsondecode(google_bigquery_table.tables["api_keys"].schema) : "${column.name} ${column.type} ${column.mode}"] == [
      "api_key_hash STRING REQUIRED",
      "tenant_id STRING REQUIRED",
      "created_at TIMESTAMP NULLABLE",
      "created_by STRING NULLABLE",
      "is_active BOOLEAN NULLABLE",
      "description STRING NULLABLE",
      "expires_at TIMESTAMP NULLABLE",
      "last4 STRING NULLABLE",
    ]
    error_message = "api_keys has other columns."
  }

  assert {
    condition     = google_bigquery_table.tables["run_events"].time_partitioning[0].field == "run_date" && google_bigquery_table.tables["run_events"].time_partitioning[0].type == "DAY"
    error_message = "run_events has to have a partition a day."
  }

  assert {
    condition     = length(google_bigquery_table.tables["api_keys"].time_partitioning) == 0
    error_message = "api_keys has no partitions."
  }
}

run "views_are_googlesql_over_the_tables" {
  command = plan

  assert {
    condition     = toset(keys(google_bigquery_table.views)) == toset(["pipeline_runs", "step_logs", "dq_results"])
    error_message = "There are other views."
  }

  assert {
    condition     = alltrue([for view in google_bigquery_table.views : view.view[0].use_legacy_sql == false])
    error_message = "A view is not said to be GoogleSQL."
  }

  assert {
    condition     = alltrue([for view in google_bigquery_table.views : strcontains(view.view[0].query, "FROM `my-project`.`metadata`.`run_events`")])
    error_message = "A view does not read run_events."
  }

  assert {
    condition     = alltrue([for view in google_bigquery_table.views : !strcontains(view.view[0].query, "$${") && !strcontains(view.view[0].query, "$$") && !startswith(view.description, "--")])
    error_message = "A placeholder is left in a view."
  }
}

run "data_is_never_deleted" {
  command = plan

  assert {
    condition     = alltrue([for table in google_bigquery_table.tables : table.deletion_protection])
    error_message = "A table can be deleted."
  }

  assert {
    condition     = google_bigquery_dataset.metadata.delete_contents_on_destroy == false && google_bigquery_dataset.metadata.default_table_expiration_ms == null && google_bigquery_dataset.metadata.default_partition_expiration_ms == null
    error_message = "The dataset's tables can go with it, or by themselves."
  }
}

run "facts_are_kept_for_ever_unless_said" {
  command = plan

  assert {
    condition     = google_bigquery_table.tables["run_events"].time_partitioning[0].expiration_ms == null
    error_message = "Facts are deleted, and nobody said so."
  }
}

run "facts_are_deleted_after_the_days_that_are_said" {
  command = plan

  variables {
    run_events_retention_days = 400
  }

  assert {
    condition     = google_bigquery_table.tables["run_events"].time_partitioning[0].expiration_ms == 34560000000
    error_message = "Facts are kept for ${google_bigquery_table.tables["run_events"].time_partitioning[0].expiration_ms} ms."
  }
}

run "refuses_to_delete_facts_that_are_needed" {
  command = plan

  variables {
    run_events_retention_days = 30
  }

  expect_failures = [var.run_events_retention_days]
}

run "refuses_a_grant_on_no_table" {
  command = plan

  variables {
    table_grants = { wrong = { table = "runs", role = "roles/bigquery.dataViewer", member = "allUsers" } }
  }

  expect_failures = [var.table_grants]
}
