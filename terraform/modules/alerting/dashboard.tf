# What an operator looks at first. Titles say what is drawn; the metrics are those of metrics.tf and Google's own.
locals {
  executions = "resource.type=\"cloud_run_revision\" AND resource.label.service_name=monitoring.regex.full_match(\"convergence-.*\")"

  charts = [
    { title = "Runs that ended, by status", filter = "${local.log_metric}/ended_runs\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", groups = ["metric.label.status"] },
    { title = "Median duration of a run", filter = "${local.log_metric}/run_duration\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_50", groups = [] },
    { title = "Duration that 95 of 100 runs stay below", filter = "${local.log_metric}/run_duration\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_95", groups = [] },
    { title = "Runs past their timeout, by tenant", filter = "${local.log_metric}/late_runs\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", groups = ["metric.label.tenant_id"] },
    { title = "Steps that are tried again, by kind of failure", filter = "${local.log_metric}/retried_steps\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", groups = ["metric.label.kind"] },
    { title = "Steps that failed, by tenant", filter = "${local.log_metric}/failed_steps\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", groups = ["metric.label.tenant_id"] },
    { title = "Dead letters", filter = "${local.subscription}/dead_letter_message_count\" AND resource.label.subscription_id=\"${var.subscriptions[0]}\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", groups = [] },
    { title = "Oldest command that is not carried out, in seconds", filter = "${local.subscription}/oldest_unacked_message_age\" AND resource.label.subscription_id=one_of(${local.subscriptions})", aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", groups = ["resource.label.subscription_id"] },
    { title = "Instances of the executor, by what they do", filter = "resource.type=\"cloud_run_revision\" AND metric.type=\"run.googleapis.com/container/instance_count\" AND resource.label.service_name=\"convergence-executor\"", aligner = "ALIGN_MAX", reducer = "REDUCE_SUM", groups = ["metric.label.state"] },
    { title = "Answers with a 4xx, by function", filter = "${local.executions} AND metric.type=\"run.googleapis.com/request_count\" AND metric.label.response_code_class=\"4xx\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", groups = ["resource.label.service_name"] },
    { title = "Answers with a 5xx, by function", filter = "${local.executions} AND metric.type=\"run.googleapis.com/request_count\" AND metric.label.response_code_class=\"5xx\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", groups = ["resource.label.service_name"] },
  ]

  drawn = [
    for chart in local.charts : {
      title = chart.title
      query = {
        timeSeriesFilter = {
          filter = chart.filter
          aggregation = {
            alignmentPeriod    = "300s"
            perSeriesAligner   = chart.aligner
            crossSeriesReducer = chart.reducer
            groupByFields      = chart.groups
          }
        }
      }
    }
  ]

  # A sum of sizes is asked for in PromQL: a filter would draw their distribution
  # (docs.cloud.google.com/monitoring/promql/promql-mapping).
  asked = [
    {
      title = "Bytes billed, by tenant"
      query = { prometheusQuery = "sum by (tenant_id) (increase(logging_googleapis_com:user_convergence_bytes_billed_sum{monitored_resource=\"cloud_run_revision\"}[$${__interval}]))" }
    },
  ]

  tiles  = concat(local.drawn, local.asked)
  width  = 24
  height = 16
}

resource "google_monitoring_dashboard" "this" {
  project = var.project

  dashboard_json = jsonencode({
    displayName = "Convergence"
    mosaicLayout = {
      columns = 48
      tiles = [
        for index, tile in local.tiles : {
          xPos   = index % 2 * local.width
          yPos   = floor(index / 2) * local.height
          width  = local.width
          height = local.height
          widget = {
            title   = tile.title
            xyChart = { dataSets = [{ plotType = "LINE", timeSeriesQuery = tile.query }] }
          }
        }
      ]
    }
  })

  depends_on = [time_sleep.metrics]
}
