locals {
  # Most of a request is waiting for Google, so an instance takes several at once. The executor keeps the rows that it
  # reads from outside BigQuery in a file, which is in memory here. A call of it waits 500 s for a job, and reads a source
  # for 3,500 s: Pub/Sub delivers again after 600 s meanwhile, and those deliveries wait for the reader. All instances
  # together fit into the quota of a new project (variable regional_quota), with one vCPU to spare.
  default_sizes = {
    health     = { memory = "512Mi", cpu = "1", concurrency = 16, timeout_seconds = 60, min_instances = 0, max_instances = 1 }
    runs       = { memory = "512Mi", cpu = "1", concurrency = 16, timeout_seconds = 120, min_instances = 0, max_instances = 3 }
    triggers   = { memory = "1Gi", cpu = "1", concurrency = 16, timeout_seconds = 600, min_instances = 0, max_instances = 4 }
    executor   = { memory = "2Gi", cpu = "1", concurrency = 4, timeout_seconds = 3600, min_instances = 0, max_instances = 10 }
    reconciler = { memory = "512Mi", cpu = "1", concurrency = 1, timeout_seconds = 300, min_instances = 0, max_instances = 1 }
  }

  sizes = {
    for name, size in local.default_sizes :
    name => merge(size, { for key, value in try(var.sizes[name], {}) : key => value if value != null })
  }

  # What all instances that there may be take together.
  mebibytes = { Mi = 1, Gi = 1024 }
  capacity = {
    vcpus = sum([for size in local.sizes : size.max_instances * tonumber(size.cpu)])
    memory_gib = sum([
      for size in local.sizes :
      size.max_instances * tonumber(trimsuffix(trimsuffix(size.memory, "Mi"), "Gi")) * local.mebibytes[substr(size.memory, -2, 2)] / 1024
    ])
  }

  environment = {
    GCP_PROJECT_ID    = var.project
    BIGQUERY_LOCATION = var.location
    STEPS_TOPIC       = "pipeline-steps"
    CONFIGS_URI       = module.configuration.uri
    LOG_LEVEL         = var.log_level
    EGRESS_ALLOWED    = join(",", var.egress_allowed)
  }
}

module "health" {
  source                = "./modules/function"
  project               = module.services.project
  region                = var.region
  entry_point           = "health"
  description           = "Says that the platform is up; /health/ready asks BigQuery and Pub/Sub"
  source_archive        = module.source.source
  build_service_account = module.builder.service_account
  docker_repository     = module.builder.docker_repository
  environment           = local.environment
  size                  = local.sizes.health
  invokers              = local.invokers.health
  invoker_check         = local.invoker_check
}

module "runs" {
  source                = "./modules/function"
  project               = module.services.project
  region                = var.region
  entry_point           = "runs"
  description           = "Lists, shows, cancels and reruns a tenant's runs"
  source_archive        = module.source.source
  build_service_account = module.builder.service_account
  docker_repository     = module.builder.docker_repository
  environment           = local.environment
  size                  = local.sizes.runs
  invokers              = local.invokers.runs
  invoker_check         = local.invoker_check
  project_roles         = local.project_roles.runs
}

module "triggers" {
  source                = "./modules/function"
  project               = module.services.project
  region                = var.region
  entry_point           = "triggers"
  description           = "Accepts runs and backfills"
  source_archive        = module.source.source
  build_service_account = module.builder.service_account
  docker_repository     = module.builder.docker_repository
  size                  = local.sizes.triggers
  invokers              = local.invokers.triggers
  invoker_check         = local.invoker_check
  project_roles         = local.project_roles.triggers

  environment = merge(local.environment, {
    SCHEDULER_SERVICE_ACCOUNT = module.clock.email
    TRIGGERS_AUDIENCE         = local.triggers_url
  })
}

module "executor" {
  source                = "./modules/function"
  project               = module.services.project
  region                = var.region
  entry_point           = "executor"
  description           = "Carries out one step for each pushed message"
  source_archive        = module.source.source
  build_service_account = module.builder.service_account
  docker_repository     = module.builder.docker_repository
  environment           = local.environment
  size                  = local.sizes.executor
  ingress               = var.private_ingress
  invokers              = local.invokers.executor
  project_roles         = local.project_roles.executor
}

module "reconciler" {
  source                = "./modules/function"
  project               = module.services.project
  region                = var.region
  entry_point           = "reconciler"
  description           = "Starts, resumes, continues or ends the runs that nobody else looks after"
  source_archive        = module.source.source
  build_service_account = module.builder.service_account
  docker_repository     = module.builder.docker_repository
  environment           = merge(local.environment, { RECONCILE_EVERY_SECONDS = tostring(var.reconcile_every_minutes * 60) })
  size                  = local.sizes.reconciler
  ingress               = var.private_ingress
  invokers              = local.invokers.reconciler
  project_roles         = local.project_roles.reconciler
}
