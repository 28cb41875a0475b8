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
    condition     = google_cloud_scheduler_job.reconciler.schedule == "*/5 * * * *" && google_cloud_scheduler_job.reconciler.attempt_deadline == "320s"
    error_message = "The reconciler is called every five minutes, and may take 320 s."
  }
}

run "refuses_what_is_no_cron_line" {
  command = plan

  variables {
    schedule = "every five minutes"
  }

  expect_failures = [var.schedule]
}
