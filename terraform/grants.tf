# Who may what. All grants but those of a tenant (modules/tenants), of the build (modules/builder) and of Pub/Sub itself
# (modules/messaging) are decided here; output grants lists them all, and docs/SECURITY.md says why.
locals {
  # Who may call a function. What is public asks for an API key or the scheduler's token by itself.
  public        = var.public_access == "all_users" ? { everybody = "allUsers" } : {}
  invoker_check = var.public_access != "unasked"
  invokers = {
    health     = local.public
    runs       = local.public
    triggers   = merge(local.public, var.public_access == "nobody" ? { scheduler = module.clock.member } : {})
    executor   = { push = module.messaging.push_member }
    reconciler = { scheduler = module.clock.member }
  }

  # To read metadata by a query at all. Jobs on a tenant's data are the tenant's account's.
  project_roles = {
    runs       = ["roles/bigquery.jobUser"]
    triggers   = ["roles/bigquery.jobUser"]
    executor   = ["roles/bigquery.jobUser"]
    reconciler = ["roles/bigquery.jobUser"]
  }

  # Readiness asks whether the dataset is there, and sees no row of it.
  metadata_dataset_grants = {
    "health sees" = { role = "roles/bigquery.metadataViewer", member = module.health.member }
  }

  # A view reads run_events with the rights of whoever reads the view.
  metadata_table_grants = {
    # Only these two are called with keys.
    "runs keys"     = { table = "api_keys", role = "roles/bigquery.dataViewer", member = module.runs.member }
    "triggers keys" = { table = "api_keys", role = "roles/bigquery.dataViewer", member = module.triggers.member }

    # Each of them records facts, and reads those of the run that it is about. The reconciler only reads: what has to be
    # recorded of a run, it asks the executor for.
    "runs events"       = { table = "run_events", role = var.event_append_role, member = module.runs.member }
    "triggers events"   = { table = "run_events", role = var.event_append_role, member = module.triggers.member }
    "executor events"   = { table = "run_events", role = var.event_append_role, member = module.executor.member }
    "reconciler events" = { table = "run_events", role = "roles/bigquery.dataViewer", member = module.reconciler.member }

    # Lists of runs, and what a backfill need not do again.
    "runs list"     = { table = "pipeline_runs", role = "roles/bigquery.dataViewer", member = module.runs.member }
    "triggers list" = { table = "pipeline_runs", role = "roles/bigquery.dataViewer", member = module.triggers.member }
  }

  topic_grants = {
    "health sees"          = { role = "roles/pubsub.viewer", member = module.health.member }
    "runs publishes"       = { role = "roles/pubsub.publisher", member = module.runs.member }
    "triggers publishes"   = { role = "roles/pubsub.publisher", member = module.triggers.member }
    "executor publishes"   = { role = "roles/pubsub.publisher", member = module.executor.member }
    "reconciler publishes" = { role = "roles/pubsub.publisher", member = module.reconciler.member }
  }

  # triggers makes plans of the tenants' files; the executor reads the files that are sources.
  configuration_readers = {
    triggers = module.triggers.member
    executor = module.executor.member
  }
}
