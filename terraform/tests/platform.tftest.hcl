mock_provider "google" {
  mock_data "google_project" {
    defaults        = { number = "123456789012" }
    override_during = plan
  }

  mock_resource "google_cloudfunctions2_function" {
    defaults        = { service_config = { uri = "https://convergence-function-abcdefghij-uc.a.run.app" } }
    override_during = plan
  }
}

mock_provider "time" {}

variables {
  project     = "my-project"
  bundle      = "tests/bundle.txt"
  configs_dir = "tests/configs"
}

run "example" {
  command = plan

  assert {
    condition     = output.environment == "export GCP_PROJECT_ID='my-project'\nexport BIGQUERY_LOCATION='US'\nexport STEPS_TOPIC='pipeline-steps'\nexport CONFIGS_URI='gs://my-project-convergence-configuration/configs'"
    error_message = "The functions are told something else: ${output.environment}"
  }

  assert {
    condition     = module.messaging.topic == local.environment.STEPS_TOPIC && module.configuration.uri == local.environment.CONFIGS_URI
    error_message = "The functions are told of another topic or bucket than there is."
  }

  assert {
    condition     = output.urls.triggers == "https://convergence-triggers-123456789012.us-central1.run.app"
    error_message = "triggers answers somewhere else: ${output.urls.triggers}"
  }

  assert {
    condition     = keys(output.tenants) == ["acme"] && output.tenants.acme.location == "EU"
    error_message = "The tenants differ from the folders."
  }

  assert {
    condition     = values(output.secrets.acme) == ["acme_openai_admin_key"]
    error_message = "The secrets differ from what the sources name: ${jsonencode(output.secrets)}"
  }

  assert {
    condition     = jsonencode(output.schedule_jobs) == jsonencode(["acme-openai-cost-daily"])
    error_message = "Each scheduled pipeline has a job: ${jsonencode(output.schedule_jobs)}"
  }
}

run "sizes_may_differ_in_part" {
  command = plan

  variables {
    sizes = { executor = { memory = "3Gi" } }
  }

  assert {
    condition     = local.sizes.executor.memory == "3Gi" && local.sizes.executor.concurrency == 4 && local.sizes.runs == local.default_sizes.runs
    error_message = "More was changed than was said."
  }

  assert {
    condition     = local.sizes.executor.timeout_seconds > 3500 && local.sizes.reconciler.timeout_seconds > 50
    error_message = "A call of the executor reads a source for 3,500 s; one of the reconciler takes 50 s."
  }
}

run "all_instances_together_fit_into_a_new_project" {
  command = plan

  assert {
    condition     = output.capacity.vcpus == 19 && output.capacity.memory_gib == 26.5
    error_message = "All instances together take ${output.capacity.vcpus} vCPUs and ${output.capacity.memory_gib} GiB."
  }
}

run "refuses_more_instances_than_the_quota_has" {
  command = plan

  variables {
    sizes = { executor = { max_instances = 12 } }
  }

  expect_failures = [output.capacity]
}

run "refuses_more_memory_than_the_quota_has" {
  command = plan

  variables {
    sizes = { executor = { memory = "4Gi" } }
  }

  expect_failures = [output.capacity]
}

run "takes_a_quota_that_was_raised" {
  command = plan

  variables {
    sizes          = { executor = { max_instances = 100 } }
    regional_quota = { vcpus = 120, memory_gib = 240 }
  }

  assert {
    condition     = output.capacity.vcpus == 109 && output.capacity.memory_gib == 206.5
    error_message = "All instances together take ${output.capacity.vcpus} vCPUs and ${output.capacity.memory_gib} GiB."
  }
}

run "refuses_memory_in_other_words" {
  command = plan

  variables {
    sizes = { executor = { memory = "2G" } }
  }

  expect_failures = [var.sizes]
}

run "refuses_a_size_for_no_function" {
  command = plan

  variables {
    sizes = { worker = { memory = "4Gi" } }
  }

  expect_failures = [var.sizes]
}

run "refuses_alerts_on_lines_that_are_not_logged" {
  command = plan

  variables {
    log_level    = "WARNING"
    alert_emails = ["on-call@example.com"]
  }

  expect_failures = [output.alerts]
}

run "refuses_a_name_for_a_project_id" {
  command = plan

  variables {
    project = "My Project"
  }

  expect_failures = [var.project]
}
