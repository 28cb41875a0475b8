output "policies" {
  description = "What is watched, by the alert policies' names."
  value = sort(concat(
    [for policy in google_monitoring_alert_policy.threshold : policy.display_name],
    [google_monitoring_alert_policy.no_reconciliation.display_name],
  ))
}

output "charts" {
  description = "What the dashboard draws, by the charts' titles."
  value       = tolist([for tile in local.tiles : tile.title])

  depends_on = [google_monitoring_dashboard.this]
}
