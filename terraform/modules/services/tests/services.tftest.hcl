mock_provider "google" {}
mock_provider "time" {}

run "example" {
  command = plan

  variables {
    project = "my-project"
  }

  assert {
    condition     = contains(output.services, "cloudfunctions.googleapis.com") && contains(output.services, "iamcredentials.googleapis.com")
    error_message = "The functions' API and the one that gives out tenants' tokens have to be enabled."
  }

  assert {
    condition     = alltrue([for service in google_project_service.this : service.disable_on_destroy == false])
    error_message = "An API must stay enabled when the platform is taken down."
  }

  assert {
    condition     = time_sleep.settled.create_duration == "60s"
    error_message = "An API that was just enabled needs time."
  }
}

run "refuses_a_short_name" {
  command = plan

  variables {
    project  = "my-project"
    services = ["bigquery"]
  }

  expect_failures = [var.services]
}
