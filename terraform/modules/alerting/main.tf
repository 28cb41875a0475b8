locals {
  log_metric    = "resource.type=\"cloud_run_revision\" AND metric.type=\"logging.googleapis.com/user/convergence"
  subscription  = "resource.type=\"pubsub_subscription\" AND metric.type=\"pubsub.googleapis.com/subscription"
  subscriptions = join(",", [for name in var.subscriptions : "\"${name}\""])
  no_groups     = []

  # What is counted in five minutes, and how much of it is too much.
  thresholds = {
    failed_steps = {
      title    = "A step failed"
      meaning  = "A tenant's run failed. GET /api/v1/pipelines/runs?status=FAILED with the tenant's key, or the view metadata.step_logs, says why."
      filter   = "${local.log_metric}/failed_steps\""
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      groups   = ["metric.label.tenant_id"]
      above    = 0
      severity = "WARNING"
    }
    refused_commands = {
      title    = "A message was no command"
      meaning  = "Somebody else publishes to the topic, or two releases don't understand each other. The executor's log says what was wrong."
      filter   = "${local.log_metric}/refused_commands\""
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      groups   = local.no_groups
      above    = 0
      severity = "ERROR"
    }
    refused_calls = {
      title    = "Google refused a call"
      meaning  = "A grant is missing. The log line refused_by_google says for what; docs/SECURITY.md lists every grant."
      filter   = "${local.log_metric}/refused_calls\""
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      groups   = local.no_groups
      above    = 0
      severity = "ERROR"
    }
    stuck_runs = {
      title    = "Runs were stuck"
      meaning  = "The reconciler found runs that nobody looked after, or that took longer than they may, or could not look after some. Its log says how many."
      filter   = "${local.log_metric}/stuck_runs\""
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      groups   = local.no_groups
      above    = 0
      severity = "WARNING"
    }
    dead_letters = {
      title    = "A command was delivered too often"
      meaning  = "It went to the dead-letter topic. The executor records its step as failed; its log says what kept it from being carried out."
      filter   = "${local.subscription}/dead_letter_message_count\" AND resource.label.subscription_id=\"${var.subscriptions[0]}\""
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      groups   = local.no_groups
      above    = 0
      severity = "ERROR"
    }
    old_commands = {
      title    = "A command is not carried out"
      meaning  = "It is delivered again and again. The executor's log says what keeps it from being carried out."
      filter   = "${local.subscription}/oldest_unacked_message_age\" AND resource.label.subscription_id=one_of(${local.subscriptions})"
      aligner  = "ALIGN_MAX"
      reducer  = "REDUCE_MAX"
      groups   = ["resource.label.subscription_id"]
      above    = var.oldest_command_seconds
      severity = "ERROR"
    }
    late_runs = {
      title    = "Too many runs are late"
      meaning  = "Of the runs that ended within an hour, more went past their timeout than the objective allows. The dashboard says whose; a run's error_message says which timeout."
      filter   = "${local.log_metric}/late_runs\""
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      groups   = local.no_groups
      above    = 1 - var.runs_in_time
      of       = "${local.log_metric}/ended_runs\""
      period   = "3600s"
      severity = "WARNING"
    }
    server_errors = {
      title    = "Requests fail on our side"
      meaning  = "More than five requests to one function in five minutes were answered with a 5xx. The log line request with severity ERROR says why. The executor's are commands that an outage, or another release, keeps from being carried out: they make Pub/Sub hold back all others."
      filter   = "resource.type=\"cloud_run_revision\" AND metric.type=\"run.googleapis.com/request_count\" AND metric.label.response_code_class=\"5xx\" AND resource.label.service_name=monitoring.regex.full_match(\"convergence-.*\")"
      aligner  = "ALIGN_DELTA"
      reducer  = "REDUCE_SUM"
      groups   = ["resource.label.service_name"]
      above    = 5
      severity = "ERROR"
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.emails

  project      = var.project
  display_name = "Convergence: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
}

resource "google_monitoring_alert_policy" "threshold" {
  for_each = local.thresholds

  project               = var.project
  display_name          = "Convergence: ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = "0s"

      aggregations {
        alignment_period     = try(each.value.period, "300s")
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
        group_by_fields      = each.value.groups
      }

      denominator_filter = try(each.value.of, null)

      dynamic "denominator_aggregations" {
        for_each = can(each.value.of) ? [each.value] : []

        content {
          alignment_period     = denominator_aggregations.value.period
          per_series_aligner   = denominator_aggregations.value.aligner
          cross_series_reducer = denominator_aggregations.value.reducer
          group_by_fields      = denominator_aggregations.value.groups
        }
      }
    }
  }

  documentation {
    content   = each.value.meaning
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "3600s"
  }

  depends_on = [time_sleep.metrics]
}

resource "google_monitoring_alert_policy" "no_reconciliation" {
  project               = var.project
  display_name          = "Convergence: The reconciler is silent"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = "No call of the reconciler for an hour"

    condition_absent {
      filter   = "${local.log_metric}/reconciliations\""
      duration = "3600s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    content   = "Nobody looks after lost and waiting runs. See whether the Cloud Scheduler job convergence-reconciler is paused, and what its last call was answered."
    mime_type = "text/markdown"
  }

  depends_on = [time_sleep.metrics]
}
