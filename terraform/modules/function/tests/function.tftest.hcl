mock_provider "google" {
  mock_resource "google_cloudfunctions2_function" {
    defaults        = { service_config = { uri = "https://convergence-runs-abcdefghij-uc.a.run.app" } }
    override_during = plan
  }
}

mock_provider "time" {}

variables {
  project               = "my-project"
  region                = "us-central1"
  entry_point           = "runs"
  description           = "Lists a tenant's runs."
  source_archive        = { bucket = "my-project-convergence-source", object = "bundle-0.zip" }
  build_service_account = "projects/my-project/serviceAccounts/convergence-build@my-project.iam.gserviceaccount.com"
  docker_repository     = "projects/my-project/locations/us-central1/repositories/convergence"
  environment           = { GCP_PROJECT_ID = "my-project" }
  invokers              = { everybody = "allUsers" }
  project_roles         = ["roles/bigquery.jobUser"]

  size = {
    memory          = "512Mi"
    cpu             = "1"
    concurrency     = 16
    timeout_seconds = 60
    min_instances   = 0
    max_instances   = 10
  }
}

run "example" {
  command = plan

  assert {
    condition = output.grants == tolist([
      "allUsers roles/run.invoker on service convergence-runs",
      "serviceAccount:convergence-runs@my-project.iam.gserviceaccount.com roles/bigquery.jobUser on project my-project",
    ])
    error_message = "Other grants were made: ${join(", ", output.grants)}"
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].environment_variables == tomap({ GCP_PROJECT_ID = "my-project", THREADS = "16" })
    error_message = "There have to be as many threads as requests at once."
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].service_account_email == "convergence-runs@my-project.iam.gserviceaccount.com"
    error_message = "Each function runs as an account of its own."
  }

  assert {
    condition     = google_cloudfunctions2_function.this.build_config[0].docker_repository == "projects/my-project/locations/us-central1/repositories/convergence"
    error_message = "Its images are kept where Google likes."
  }

  assert {
    condition     = output.uri == "https://convergence-runs-abcdefghij-uc.a.run.app"
    error_message = "The address is not the function's: ${output.uri}"
  }
}

run "nobody_may_call_it_unless_said" {
  command = plan

  variables {
    invokers = {}
  }

  assert {
    condition     = length(google_cloud_run_service_iam_member.invoker) == 0
    error_message = "Somebody may call the function."
  }
}

run "everybody_may_call_it_where_allUsers_is_forbidden" {
  command = plan

  variables {
    invokers      = {}
    invoker_check = false
  }

  assert {
    condition     = length(terraform_data.unasked) == 1 && contains(output.grants, "everybody unasked on service convergence-runs")
    error_message = "Cloud Run asks who may call the function, or the list of grants hides that it does not: ${join(", ", output.grants)}"
  }
}

run "refuses_invokers_whom_nobody_asks_for" {
  command = plan

  variables {
    invoker_check = false
  }

  expect_failures = [terraform_data.unasked]
}

run "refuses_many_requests_on_a_part_of_a_cpu" {
  command = plan

  variables {
    size = { memory = "512Mi", cpu = "0.333", concurrency = 2, timeout_seconds = 60, min_instances = 0, max_instances = 10 }
  }

  expect_failures = [var.size]
}

run "refuses_an_editor" {
  command = plan

  variables {
    project_roles = ["roles/editor"]
  }

  expect_failures = [var.project_roles]
}

run "refuses_a_name_that_is_too_long" {
  command = plan

  variables {
    entry_point = "lookafterallpipelines"
  }

  expect_failures = [var.entry_point]
}
