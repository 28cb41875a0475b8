data "google_project" "this" {
  project_id = var.project
}

locals {
  # Cloud Run gives every service this address before it exists (cloud.google.com/run/docs/triggering/https-request). It
  # has to be known that early because triggers is told the audience of its tokens, which is its own address.
  triggers_url = "https://convergence-triggers-${data.google_project.this.number}.${var.region}.run.app"
}

module "services" {
  source  = "./modules/services"
  project = var.project
}

module "builder" {
  source  = "./modules/builder"
  project = module.services.project
  region  = var.region
}

module "source" {
  source  = "./modules/source"
  project = module.services.project
  region  = var.region
  bucket  = "${var.project}-convergence-source"
  bundle  = var.bundle
}

module "messaging" {
  source         = "./modules/messaging"
  project        = module.services.project
  project_number = data.google_project.this.number
  executor_uri   = module.executor.uri
  topic_grants   = local.topic_grants
}

module "metadata" {
  source         = "./modules/metadata"
  project        = module.services.project
  location       = var.location
  dataset_grants = local.metadata_dataset_grants
  table_grants   = local.metadata_table_grants

  run_events_retention_days = var.run_events_retention_days
}

module "configuration" {
  source      = "./modules/configuration"
  project     = module.services.project
  location    = var.region
  bucket      = "${var.project}-convergence-configuration"
  configs_dir = var.configs_dir
  readers     = local.configuration_readers
}

module "tenants" {
  source               = "./modules/tenants"
  project              = module.services.project
  configs_dir          = var.configs_dir
  configuration_bucket = module.configuration.bucket
  configuration_prefix = module.configuration.prefix
  executor_member      = module.executor.member
  triggers_member      = module.triggers.member

  token_creator_role    = var.token_creator_role
  dataset_metadata_role = var.dataset_metadata_role
  triggers_estimates    = var.triggers_estimates
}

module "schedules" {
  source                = "./modules/schedules"
  project               = module.services.project
  region                = var.region
  schedules             = module.tenants.schedules
  triggers_url          = local.triggers_url
  service_account_email = module.clock.email
  configuration_bucket  = module.configuration.bucket
  configuration_prefix  = module.configuration.prefix
  scheduler_jobs_limit  = var.scheduler_jobs_limit
}

module "clock" {
  source         = "./modules/clock"
  project        = module.services.project
  region         = var.region
  reconciler_uri = module.reconciler.uri
  every_minutes  = var.reconcile_every_minutes
}

module "log_sink" {
  source   = "./modules/log_sink"
  for_each = var.log_dataset == null ? [] : toset([var.log_dataset])
  project  = module.services.project
  dataset  = each.value
}

module "alerting" {
  source        = "./modules/alerting"
  project       = module.services.project
  emails        = var.alert_emails
  subscriptions = module.messaging.subscriptions
  runs_in_time  = var.runs_in_time
}
