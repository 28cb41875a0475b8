# Counts of the functions' log lines; shared/log.py writes them, and docs/RELIABILITY.md says what they mean.
locals {
  log_metrics = {
    failed_steps = {
      description = "Steps that failed for good, by tenant. A step that is delivered again counts again."
      filter      = "jsonPayload.action=\"step_handled\" AND jsonPayload.status=\"FAILED\""
      by_tenant   = true
    }
    refused_commands = {
      description = "Messages that are no commands."
      filter      = "jsonPayload.action=\"command_refused\""
      by_tenant   = false
    }
    refused_calls = {
      description = "Calls that Google refused us: a grant is missing."
      filter      = "jsonPayload.action=\"refused_by_google\""
      by_tenant   = false
    }
    stuck_runs = {
      description = "Calls of the reconciler that found lost or overdue runs, or runs that they couldn't look after."
      filter      = "jsonPayload.action=\"runs_reconciled\" AND (jsonPayload.continued>0 OR jsonPayload.overdue>0 OR jsonPayload.failed>0)"
      by_tenant   = false
    }
    reconciliations = {
      description = "Calls of the reconciler."
      filter      = "jsonPayload.action=\"runs_reconciled\""
      by_tenant   = false
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
  label_extractors = each.value.by_tenant ? { tenant_id = "EXTRACT(jsonPayload.tenant_id)" } : null

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    dynamic "labels" {
      for_each = each.value.by_tenant ? ["tenant_id"] : []

      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }
}

# Cloud Monitoring refuses an alert on a metric that it has not heard of yet.
resource "time_sleep" "metrics" {
  create_duration = "60s"
  triggers        = { metrics = join(" ", keys(local.log_metrics)) }

  depends_on = [google_logging_metric.this]
}
