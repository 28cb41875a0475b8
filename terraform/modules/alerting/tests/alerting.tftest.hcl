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
    condition     = !strcontains(google_monitoring_alert_policy.threshold["server_errors"].conditions[0].condition_threshold[0].filter, "convergence-executor")
    error_message = "The executor's 503 asks for another delivery; it is no error."
  }
}

run "refuses_what_is_no_address" {
  command = plan

  variables {
    emails = ["on-call"]
  }

  expect_failures = [var.emails]
}
