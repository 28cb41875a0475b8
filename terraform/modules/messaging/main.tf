locals {
  push_email  = "${google_service_account.push.account_id}@${var.project}.iam.gserviceaccount.com"
  pubsub_self = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"

  shortest_pause = "10s"
  longest_pause  = "600s"
  kept_for       = "604800s" # seven days
}

# Whose tokens the executor is called with.
resource "google_service_account" "push" {
  project      = var.project
  account_id   = "convergence-push"
  display_name = "Convergence: calls the executor for Pub/Sub"
}

# IAM refuses an account that was made just now in a grant.
resource "time_sleep" "account" {
  create_duration = "30s"
  triggers        = { account = google_service_account.push.account_id }
}

resource "google_pubsub_topic" "steps" {
  project = var.project
  name    = var.topic
}

resource "google_pubsub_topic" "dead" {
  project = var.project
  name    = "${var.topic}-dead-letter"
}

resource "google_pubsub_subscription" "executor" {
  project = var.project
  name    = "${var.topic}-executor"
  topic   = google_pubsub_topic.steps.id

  ack_deadline_seconds       = var.ack_deadline_seconds
  message_retention_duration = local.kept_for

  push_config {
    push_endpoint = "${var.executor_uri}/"

    oidc_token {
      service_account_email = local.push_email
      audience              = var.executor_uri
    }
  }

  retry_policy {
    minimum_backoff = local.shortest_pause
    maximum_backoff = local.longest_pause
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead.id
    max_delivery_attempts = var.max_delivery_attempts
  }

  # Never: by default a subscription that nothing came through for 31 days is deleted.
  expiration_policy {
    ttl = ""
  }
}

# Without a dead-letter topic of its own: it is delivered until its end is recorded.
resource "google_pubsub_subscription" "dead" {
  project = var.project
  name    = "${var.topic}-dead-letter-executor"
  topic   = google_pubsub_topic.dead.id

  ack_deadline_seconds       = var.ack_deadline_seconds
  message_retention_duration = local.kept_for

  push_config {
    push_endpoint = "${var.executor_uri}/dead-letter"

    oidc_token {
      service_account_email = local.push_email
      audience              = var.executor_uri
    }
  }

  retry_policy {
    minimum_backoff = local.shortest_pause
    maximum_backoff = local.longest_pause
  }

  expiration_policy {
    ttl = ""
  }
}

# Without these two Pub/Sub moves nothing to the dead-letter topic, and says nothing.
resource "google_pubsub_topic_iam_member" "dead_letters_arrive" {
  project = var.project
  topic   = google_pubsub_topic.dead.name
  role    = "roles/pubsub.publisher"
  member  = local.pubsub_self
}

resource "google_pubsub_subscription_iam_member" "dead_letters_leave" {
  project      = var.project
  subscription = google_pubsub_subscription.executor.name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_self
}

resource "google_pubsub_topic_iam_member" "steps" {
  for_each = var.topic_grants

  project = var.project
  topic   = google_pubsub_topic.steps.name
  role    = each.value.role
  member  = each.value.member
}
