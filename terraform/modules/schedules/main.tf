# A job for each scheduled pipeline; where there are too many, one job that asks every minute what is due.

locals {
  ticks = length(var.schedules) > var.scheduler_jobs_limit

  # What starts what is due calls runs after the jobs they would have: when one way takes over from the other, a run that
  # both ask for is one run.
  jobs = local.ticks ? {
    convergence-tick = {
      description = "Starts the pipelines that are due"
      path        = "/api/v1/pipelines/tick"
      cron        = "* * * * *"
      timezone    = "Etc/UTC"
      # The most that Cloud Scheduler allows.
      attempt_deadline = "1800s"
    }
    } : {
    for one in var.schedules : one.job => {
      description      = "Starts ${one.tenant}/${one.provider}/${one.domain}/${one.pipeline}"
      path             = "/api/v1/pipelines/run/${one.tenant}/${one.provider}/${one.domain}/${one.pipeline}"
      cron             = one.cron
      timezone         = one.timezone
      attempt_deadline = "180s"
    }
  }
}

resource "google_cloud_scheduler_job" "job" {
  for_each = local.jobs

  project          = var.project
  region           = var.region
  name             = each.key
  description      = each.value.description
  schedule         = each.value.cron
  time_zone        = each.value.timezone
  attempt_deadline = each.value.attempt_deadline

  # Without it a call that fails is not made again. A call that is made twice starts one run: the job's name and the time
  # of its schedule, which Cloud Scheduler sends along, are the run's idempotency key.
  retry_config {
    retry_count          = 5
    min_backoff_duration = "10s"
    max_backoff_duration = "300s"
    max_doublings        = 5
  }

  http_target {
    http_method = "POST"
    uri         = "${var.triggers_url}${each.value.path}"
    body        = base64encode("{}")

    # Cloud Scheduler's own default is application/octet-stream, which is refused.
    headers = { "Content-Type" = "application/json" }

    oidc_token {
      service_account_email = var.service_account_email
      audience              = var.triggers_url
    }
  }
}

# What is due is found in this index, so that a tick needs not read the folders of all tenants.
resource "google_storage_bucket_object" "index" {
  bucket       = var.configuration_bucket
  name         = "${var.configuration_prefix}/schedules.json"
  content_type = "application/json"
  content      = jsonencode(var.schedules)
}
