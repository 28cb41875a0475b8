mock_provider "google" {
  mock_resource "google_pubsub_topic" {
    defaults        = { id = "projects/my-project/topics/mocked" }
    override_during = plan
  }
}

mock_provider "time" {}

variables {
  project        = "my-project"
  project_number = "123456789012"
  executor_uri   = "https://convergence-executor-abcdefghij-uc.a.run.app"

  topic_grants = {
    "runs publishes" = { role = "roles/pubsub.publisher", member = "serviceAccount:convergence-runs@my-project.iam.gserviceaccount.com" }
  }
}

run "example" {
  command = plan

  assert {
    condition = output.grants == tolist([
      "serviceAccount:convergence-runs@my-project.iam.gserviceaccount.com roles/pubsub.publisher on topic pipeline-steps",
      "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com roles/pubsub.publisher on topic pipeline-steps-dead-letter",
      "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com roles/pubsub.subscriber on subscription pipeline-steps-executor",
    ])
    error_message = "Other grants were made: ${join(", ", output.grants)}"
  }
}

run "pushes_as_the_executor_needs_it" {
  command = plan

  assert {
    condition     = output.topic == "pipeline-steps" && output.subscriptions == ["pipeline-steps-executor", "pipeline-steps-dead-letter-executor"]
    error_message = "The names differ from those of the local stand-in."
  }

  assert {
    condition     = google_pubsub_subscription.executor.push_config[0].push_endpoint == "${var.executor_uri}/" && google_pubsub_subscription.dead.push_config[0].push_endpoint == "${var.executor_uri}/dead-letter"
    error_message = "Commands go to /, those that failed too often to /dead-letter."
  }

  assert {
    condition = alltrue([
      for subscription in [google_pubsub_subscription.executor, google_pubsub_subscription.dead] :
      subscription.ack_deadline_seconds == 600
      && subscription.retry_policy[0].minimum_backoff == "10s"
      && subscription.retry_policy[0].maximum_backoff == "600s"
      && subscription.expiration_policy[0].ttl == ""
      && subscription.message_retention_duration == "604800s"
    ])
    error_message = "Deadline 600 s, pauses of 10 to 600 s, messages kept for seven days, never expiring: one of these is not so."
  }

  assert {
    condition = alltrue([
      for subscription in [google_pubsub_subscription.executor, google_pubsub_subscription.dead] :
      subscription.push_config[0].oidc_token[0].service_account_email == "convergence-push@my-project.iam.gserviceaccount.com"
      && subscription.push_config[0].oidc_token[0].audience == var.executor_uri
    ])
    error_message = "The executor is private: it is called with a token of the push account, meant for it."
  }

  assert {
    condition     = google_pubsub_subscription.executor.dead_letter_policy[0].max_delivery_attempts == 100
    error_message = "After 100 deliveries a command goes to the dead-letter topic."
  }

  assert {
    condition     = length(google_pubsub_subscription.dead.dead_letter_policy) == 0
    error_message = "A dead letter is delivered until its end is recorded."
  }
}

run "refuses_a_deadline_shorter_than_a_call" {
  command = plan

  variables {
    ack_deadline_seconds = 60
  }

  expect_failures = [var.ack_deadline_seconds]
}

run "refuses_an_id_for_a_number" {
  command = plan

  variables {
    project_number = "my-project"
  }

  expect_failures = [var.project_number]
}
