mock_provider "google" {}

mock_provider "time" {}

variables {
  project       = "my-project"
  subscriptions = ["pipeline-steps-executor", "pipeline-steps-dead-letter-executor"]
}

run "example" {
  command = plan

  variables {
    emails = ["on-call@example.com"]
  }

  assert {
    condition = output.policies == tolist([
      "Convergence: A command is not carried out",
      "Convergence: A command was delivered too often",
      "Convergence: A message was no command",
      "Convergence: A step failed",
      "Convergence: Google refused a call",
      "Convergence: Requests fail on our side",
      "Convergence: Runs were stuck",
      "Convergence: The reconciler is silent",
      "Convergence: Too many runs are late",
    ])
    error_message = "Something else is watched: ${join(", ", output.policies)}"
  }

  assert {
    condition     = google_monitoring_notification_channel.email["on-call@example.com"].labels.email_address == "on-call@example.com"
    error_message = "Nobody would be told."
  }
}

run "asks_for_what_the_functions_log" {
  command = plan

  assert {
    condition     = strcontains(google_logging_metric.this["failed_steps"].filter, "jsonPayload.action=\"step_handled\" AND jsonPayload.status=\"FAILED\"")
    error_message = "Failed steps are not counted: ${google_logging_metric.this["failed_steps"].filter}"
  }

  assert {
    condition     = alltrue([for metric in google_logging_metric.this : startswith(metric.filter, "resource.type=\"cloud_run_revision\" AND ")])
    error_message = "A count is not of the functions' log alone."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.threshold["dead_letters"].conditions[0].condition_threshold[0].filter, "subscription_id=\"pipeline-steps-executor\"")
    error_message = "Dead letters are counted at the subscription that they leave."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.threshold["server_errors"].conditions[0].condition_threshold[0].filter, "monitoring.regex.full_match(\"convergence-.*\")")
    error_message = "Some function's 5xx are not watched."
  }

  assert {
    condition = (
      google_monitoring_alert_policy.threshold["late_runs"].conditions[0].condition_threshold[0].threshold_value < 0.0101
      && strcontains(google_monitoring_alert_policy.threshold["late_runs"].conditions[0].condition_threshold[0].denominator_filter, "/ended_runs\"")
      && google_monitoring_alert_policy.threshold["failed_steps"].conditions[0].condition_threshold[0].denominator_filter == null
    )
    error_message = "Late runs are not held to the objective."
  }

  assert {
    condition = {
      for name in ["run_duration", "bytes_billed"] :
      name => "${google_logging_metric.this[name].metric_descriptor[0].value_type} ${google_logging_metric.this[name].value_extractor}"
      } == {
      run_duration = "DISTRIBUTION EXTRACT(jsonPayload.duration_ms)"
      bytes_billed = "DISTRIBUTION EXTRACT(jsonPayload.bytes_billed)"
    }
    error_message = "Durations or bytes are not taken from the log."
  }

  assert {
    condition     = google_logging_metric.this["ended_runs"].label_extractors == tomap({ tenant_id = "EXTRACT(jsonPayload.tenant_id)", status = "EXTRACT(jsonPayload.status)" })
    error_message = "Runs are not counted by tenant and status."
  }

  assert {
    condition     = time_sleep.metrics.create_duration == "300s"
    error_message = "An alert on a metric that was just made is refused."
  }
}

run "the_dashboard_draws_what_an_operator_asks_for" {
  command = plan

  assert {
    condition = output.charts == tolist([
      "Runs that ended, by status",
      "Median duration of a run",
      "Duration that 95 of 100 runs stay below",
      "Runs past their timeout, by tenant",
      "Steps that are tried again, by kind of failure",
      "Steps that failed, by tenant",
      "Dead letters",
      "Oldest command that is not carried out, in seconds",
      "Instances of the executor, by what they do",
      "Answers with a 4xx, by function",
      "Answers with a 5xx, by function",
      "Bytes billed, by tenant",
    ])
    error_message = "It draws something else: ${join("; ", output.charts)}"
  }

  assert {
    condition     = alltrue([for tile in jsondecode(google_monitoring_dashboard.this.dashboard_json).mosaicLayout.tiles : tile.xPos + tile.width <= 48])
    error_message = "A chart is outside of the dashboard."
  }

  assert {
    condition = length(setsubtract(
      compact(flatten(regexall("user/convergence/([a-z_]+)|user_convergence_([a-z]+_[a-z]+)_sum", google_monitoring_dashboard.this.dashboard_json))),
      keys(google_logging_metric.this)
    )) == 0
    error_message = "A chart is of a metric that there is not."
  }
}

run "refuses_an_objective_in_percent" {
  command = plan

  variables {
    runs_in_time = 99
  }

  expect_failures = [var.runs_in_time]
}

run "refuses_what_is_no_address" {
  command = plan

  variables {
    emails = ["on-call"]
  }

  expect_failures = [var.emails]
}
