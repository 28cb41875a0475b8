# Run "example" is the example of README.md: each scheduled pipeline has a job.

mock_provider "google" {}

variables {
  project               = "my-project"
  region                = "us-central1"
  triggers_url          = "https://triggers-abc123-uc.a.run.app"
  service_account_email = "convergence-scheduler@my-project.iam.gserviceaccount.com"
  configuration_bucket  = "my-project-configuration"
  schedules = [
    {
      job    = "acme_corp_001-gcp-cost-export"
      tenant = "acme_corp_001", provider = "gcp", domain = "cost", pipeline = "export"
      cron   = "0 6 * * *", timezone = "Europe/Berlin"
    },
    {
      job    = "Globex-focus-cost-import"
      tenant = "Globex", provider = "focus", domain = "cost", pipeline = "import"
      cron   = "30 4 * * 1-5", timezone = "Etc/UTC"
    },
  ]
}

run "example" {
  command = plan

  assert {
    condition     = jsonencode(output.jobs) == jsonencode(["Globex-focus-cost-import", "acme_corp_001-gcp-cost-export"]) && !output.ticks
    error_message = jsonencode(output.jobs)
  }

  assert {
    condition = jsonencode({ for name, job in google_cloud_scheduler_job.job : name => [job.name, job.schedule, job.time_zone, job.http_target[0].uri] }) == jsonencode({
      acme_corp_001-gcp-cost-export = [
        "acme_corp_001-gcp-cost-export", "0 6 * * *", "Europe/Berlin",
        "https://triggers-abc123-uc.a.run.app/api/v1/pipelines/run/acme_corp_001/gcp/cost/export",
      ]
      Globex-focus-cost-import = [
        "Globex-focus-cost-import", "30 4 * * 1-5", "Etc/UTC",
        "https://triggers-abc123-uc.a.run.app/api/v1/pipelines/run/Globex/focus/cost/import",
      ]
    })
    error_message = "a job is not its pipeline's"
  }
}

run "a_job_calls_triggers_as_the_scheduler" {
  command = plan

  assert {
    condition = alltrue([for job in google_cloud_scheduler_job.job :
      job.http_target[0].oidc_token[0].service_account_email == "convergence-scheduler@my-project.iam.gserviceaccount.com"
      && job.http_target[0].oidc_token[0].audience == "https://triggers-abc123-uc.a.run.app"
      && job.http_target[0].http_method == "POST"
    ])
    error_message = "triggers would refuse the call"
  }

  assert {
    condition = alltrue([for job in google_cloud_scheduler_job.job :
      jsonencode(job.http_target[0].headers) == jsonencode({ "Content-Type" = "application/json" })
      && base64decode(job.http_target[0].body) == "{}"
    ])
    error_message = "triggers would not read the body"
  }

  assert {
    condition = alltrue([for job in google_cloud_scheduler_job.job :
      job.retry_config[0].retry_count == 5 && job.retry_config[0].min_backoff_duration == "10s"
      && job.retry_config[0].max_backoff_duration == "300s" && job.attempt_deadline == "180s"
      && job.region == "us-central1" && job.project == "my-project"
    ])
    error_message = "a call that fails would be lost"
  }
}

run "the_index_lists_every_schedule" {
  command = plan

  assert {
    condition = (
      google_storage_bucket_object.index.bucket == "my-project-configuration"
      && google_storage_bucket_object.index.name == "configs/schedules.json"
      && google_storage_bucket_object.index.content == jsonencode([
        {
          job    = "acme_corp_001-gcp-cost-export"
          tenant = "acme_corp_001", provider = "gcp", domain = "cost", pipeline = "export"
          cron   = "0 6 * * *", timezone = "Europe/Berlin"
        },
        {
          job    = "Globex-focus-cost-import"
          tenant = "Globex", provider = "focus", domain = "cost", pipeline = "import"
          cron   = "30 4 * * 1-5", timezone = "Etc/UTC"
        },
      ])
    )
    error_message = google_storage_bucket_object.index.content
  }
}

run "as_many_as_the_limit_have_jobs" {
  command = plan

  variables {
    scheduler_jobs_limit = 2
  }

  assert {
    condition     = length(output.jobs) == 2 && !output.ticks
    error_message = jsonencode(output.jobs)
  }
}

run "above_the_limit_one_job_asks_every_minute" {
  command = plan

  variables {
    scheduler_jobs_limit = 1
  }

  assert {
    condition     = jsonencode(output.jobs) == jsonencode(["convergence-tick"]) && output.ticks
    error_message = jsonencode(output.jobs)
  }

  assert {
    condition = jsonencode([for job in google_cloud_scheduler_job.job : [
      job.schedule, job.time_zone, job.attempt_deadline, job.http_target[0].uri, job.http_target[0].oidc_token[0].audience
    ]]) == jsonencode([["* * * * *", "Etc/UTC", "1800s", "https://triggers-abc123-uc.a.run.app/api/v1/pipelines/tick", "https://triggers-abc123-uc.a.run.app"]])
    error_message = "the tick is wrong"
  }

  assert {
    condition     = length(jsondecode(google_storage_bucket_object.index.content)) == 2
    error_message = "a tick would miss pipelines"
  }
}

run "no_schedules_need_no_job" {
  command = plan

  variables {
    schedules            = []
    scheduler_jobs_limit = 0
  }

  assert {
    condition     = length(output.jobs) == 0 && google_storage_bucket_object.index.content == "[]"
    error_message = jsonencode(output.jobs)
  }
}

run "a_limit_that_cloud_scheduler_does_not_have_is_refused" {
  command = plan

  variables {
    scheduler_jobs_limit = 5001
  }

  expect_failures = [var.scheduler_jobs_limit]
}

run "an_address_that_is_no_audience_is_refused" {
  command = plan

  variables {
    triggers_url = "https://triggers-abc123-uc.a.run.app/"
  }

  expect_failures = [var.triggers_url]
}
