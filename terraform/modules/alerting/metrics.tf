# Counts and sizes from the functions' log lines; shared/log.py writes them, and docs/RELIABILITY.md says what they mean.
locals {
  log_metrics = {
    failed_steps = {
      description = "Steps that failed for good, by tenant. A step that is delivered again counts again."
      filter      = "jsonPayload.action=\"step_handled\" AND jsonPayload.status=\"FAILED\""
      labels      = ["tenant_id"]
      value       = null
    }
    refused_commands = {
      description = "Messages that are no commands."
      filter      = "jsonPayload.action=\"command_refused\""
      labels      = []
      value       = null
    }
    refused_calls = {
      description = "Calls that Google refused us: a grant is missing."
      filter      = "jsonPayload.action=\"refused_by_google\""
      labels      = []
      value       = null
    }
    stuck_runs = {
      description = "Calls of the reconciler that found lost or overdue runs, or runs that they couldn't look after."
      filter      = "jsonPayload.action=\"runs_reconciled\" AND (jsonPayload.continued>0 OR jsonPayload.overdue>0 OR jsonPayload.failed>0)"
      labels      = []
      value       = null
    }
    reconciliations = {
      description = "Calls of the reconciler."
      filter      = "jsonPayload.action=\"runs_reconciled\""
      labels      = []
      value       = null
    }
    ended_runs = {
      description = "Runs that ended, by tenant and status."
      filter      = "jsonPayload.action=\"run_ended\""
      labels      = ["tenant_id", "status"]
      value       = null
    }
    late_runs = {
      description = "Runs that went past their timeout, by tenant."
      filter      = "jsonPayload.action=\"run_ended\" AND jsonPayload.in_time=false"
      labels      = ["tenant_id"]
      value       = null
    }
    retried_steps = {
      description = "Attempts at a step that another one follows, by tenant and kind of failure."
      filter      = "jsonPayload.action=\"step_retried\""
      labels      = ["tenant_id", "kind"]
      value       = null
    }
    run_duration = {
      description = "How long runs took, from their first step's start, in milliseconds."
      filter      = "jsonPayload.action=\"run_ended\" AND jsonPayload.duration_ms>=0"
      labels      = []
      value       = { field = "duration_ms", unit = "ms" }
    }
    bytes_billed = {
      description = "What BigQuery billed for a run's steps, by tenant, in bytes."
      filter      = "jsonPayload.action=\"run_ended\""
      labels      = ["tenant_id"]
      value       = { field = "bytes_billed", unit = "By" }
    }
  }

  of_functions = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^convergence-\""
}

resource "google_logging_metric" "this" {
  for_each = local.log_metrics

  project          = var.project
  name             = "convergence/${each.key}"
  description      = each.value.description
  filter           = "${local.of_functions} AND ${each.value.filter}"
  value_extractor  = each.value.value == null ? null : "EXTRACT(jsonPayload.${each.value.value.field})"
  label_extractors = length(each.value.labels) == 0 ? null : { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = each.value.value == null ? "INT64" : "DISTRIBUTION"
    unit        = each.value.value == null ? "1" : each.value.value.unit

    dynamic "labels" {
      for_each = each.value.labels

      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  # From one millisecond or byte to 2^50, each bucket half as wide again as the one before.
  dynamic "bucket_options" {
    for_each = each.value.value == null ? [] : [1]

    content {
      exponential_buckets {
        num_finite_buckets = 86
        growth_factor      = 1.5
        scale              = 1
      }
    }
  }
}

# Cloud Monitoring refuses an alert on a metric that it has not heard of yet, which takes up to ten minutes at times.
resource "time_sleep" "metrics" {
  create_duration = var.settling_time
  triggers        = { metrics = join(" ", keys(local.log_metrics)) }

  depends_on = [google_logging_metric.this]
}
