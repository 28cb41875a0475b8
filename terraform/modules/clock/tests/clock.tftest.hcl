mock_provider "google" {}

mock_provider "time" {}

variables {
  project        = "my-project"
  region         = "us-central1"
  reconciler_uri = "https://convergence-reconciler-abcdefghij-uc.a.run.app"
}

run "example" {
  command = plan

  assert {
    condition     = output.email == "convergence-scheduler@my-project.iam.gserviceaccount.com"
    error_message = "The account is called otherwise: ${output.email}"
  }

  assert {
    condition = (
      google_cloud_scheduler_job.reconciler.http_target[0].http_method == "POST"
      && google_cloud_scheduler_job.reconciler.http_target[0].uri == "${var.reconciler_uri}/"
      && google_cloud_scheduler_job.reconciler.http_target[0].oidc_token[0].audience == var.reconciler_uri
      && google_cloud_scheduler_job.reconciler.http_target[0].oidc_token[0].service_account_email == output.email
    )
    error_message = "The reconciler is private: it is called with a token of the scheduler's account, meant for it."
  }

  assert {
    condition     = google_cloud_scheduler_job.reconciler.schedule == "* * * * *" && google_cloud_scheduler_job.reconciler.attempt_deadline == "320s"
    error_message = "The reconciler is called every minute, and may take 320 s."
  }
}

run "is_called_less_often_where_that_is_asked_for" {
  command = plan

  variables {
    every_minutes = 5
  }

  assert {
    condition     = google_cloud_scheduler_job.reconciler.schedule == "*/5 * * * *"
    error_message = "Called at other times: ${google_cloud_scheduler_job.reconciler.schedule}"
  }
}

run "refuses_what_is_no_part_of_an_hour" {
  command = plan

  variables {
    every_minutes = 7
  }

  expect_failures = [var.every_minutes]
}
