output "urls" {
  description = "Where the public functions answer."
  value = {
    health   = module.health.uri
    runs     = module.runs.uri
    triggers = local.triggers_url
  }
}

output "capacity" {
  description = "The vCPUs and GiB that all instances take when there are as many as there may be."
  value       = local.capacity

  precondition {
    condition     = local.capacity.vcpus <= var.regional_quota.vcpus && local.capacity.memory_gib <= var.regional_quota.memory_gib
    error_message = "All instances together may take ${local.capacity.vcpus} vCPUs and ${local.capacity.memory_gib} GiB, and regional_quota has ${var.regional_quota.vcpus} vCPUs and ${var.regional_quota.memory_gib} GiB. Lower max_instances in sizes, or have the quota raised and say so in regional_quota; Cloud Run refuses a service that is above it."
  }
}

output "environment" {
  description = "What the command line needs to act on this platform: eval \"$(terraform output -raw environment)\""
  value       = join("\n", [for name in ["GCP_PROJECT_ID", "BIGQUERY_LOCATION", "STEPS_TOPIC", "CONFIGS_URI"] : "export ${name}='${local.environment[name]}'"])
}

output "tenants" {
  description = "By tenant: its dataset, the dataset's location and the account that does its work."
  value       = module.tenants.tenants
}

output "secrets" {
  description = "The secrets that the tenants' sources need. Their values are added by hand, see docs/DEPLOYMENT.md."
  value       = module.tenants.secrets
}

output "schedule_jobs" {
  description = "The names of the Cloud Scheduler jobs of pipelines, or of the one that asks what is due."
  value       = module.schedules.jobs
}

output "alerts" {
  description = "What is watched, by the alert policies' names."
  value       = module.alerting.policies

  precondition {
    condition     = contains(["DEBUG", "INFO"], var.log_level) || length(var.alert_emails) == 0
    error_message = "log_level is '${var.log_level}', and the alerts count lines of severity INFO. Leave alert_emails empty, or log INFO."
  }
}

output "grants" {
  description = "Every grant there is, each '<member> <role> on <resource>'. docs/SECURITY.md says why."
  value = sort(concat(
    flatten([for sink in module.log_sink : sink.grants]),
    module.builder.grants,
    module.health.grants,
    module.runs.grants,
    module.triggers.grants,
    module.executor.grants,
    module.reconciler.grants,
    module.messaging.grants,
    module.metadata.grants,
    module.configuration.grants,
    module.tenants.grants,
  ))
}
