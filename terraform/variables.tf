variable "project" {
  description = "The Google Cloud project. One project holds one platform."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project is '${var.project}'. It has to be a project's id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "region" {
  description = "Where functions, buckets and schedules are."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is '${var.region}'. It has to be a region, e.g. us-central1."
  }
}

variable "location" {
  description = "Where the dataset metadata is: a region or a multi-region of BigQuery. It can't be moved afterwards."
  type        = string
  default     = "US"
  nullable    = false

  validation {
    condition     = can(regex("^(US|EU|[a-z]+-[a-z]+[0-9]+)$", var.location))
    error_message = "location is '${var.location}'. It has to be US, EU or a region, e.g. europe-west1."
  }
}

variable "configs_dir" {
  description = "The folder of the tenants' folders, and of tenants.json, which `convergence validate --write` writes there."
  type        = string
  default     = "../configs"
  nullable    = false
}

variable "bundle" {
  description = "The archive of the functions, as make bundle builds it."
  type        = string
  default     = "../dist/bundle.zip"
  nullable    = false
}

variable "alert_emails" {
  description = "Who is told when something goes wrong."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "runs_in_time" {
  description = "The objective: which part of the runs that end within an hour has to end within its timeout. Less is an alert."
  type        = number
  default     = 0.99
  nullable    = false
}

variable "run_events_retention_days" {
  description = "After how many days the facts about a run are deleted, counted from the day of its acceptance. Without, none ever is."
  type        = number
  default     = null
}

variable "log_dataset" {
  description = "A dataset of the project, which is there already, that the functions' log lines are kept in too. Without, Cloud Logging alone has them."
  type        = string
  default     = null
}

variable "log_level" {
  description = "The least severity that the functions log."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level is '${var.log_level}'. It has to be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "egress_allowed" {
  description = "What tenants' sources may reach besides global addresses over https: hosts, host:port, addresses or networks such as 10.8.0.0/16. docs/SECURITY.md says what that opens."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for entry in var.egress_allowed : can(regex("^[A-Za-z0-9._:/\\[\\]-]+$", entry)) && !can(regex("://", entry))])
    error_message = "egress_allowed has to hold hosts, host:port, addresses or networks: ${join(" ", var.egress_allowed)}"
  }
}

variable "sizes" {
  description = "By function (health, runs, triggers, executor, reconciler), what differs from its size in functions.tf."
  type = map(object({
    memory          = optional(string)
    cpu             = optional(string)
    concurrency     = optional(number)
    timeout_seconds = optional(number)
    min_instances   = optional(number)
    max_instances   = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(setsubtract(keys(var.sizes), ["health", "runs", "triggers", "executor", "reconciler"])) == 0
    error_message = "sizes names what is no function: ${join(", ", setsubtract(keys(var.sizes), ["health", "runs", "triggers", "executor", "reconciler"]))}"
  }

  validation {
    condition     = alltrue([for size in var.sizes : size.memory == null || can(regex("^[0-9]+(Mi|Gi)$", size.memory))])
    error_message = "The memory of each of sizes has to be like 512Mi or 2Gi: ${join(", ", [for name, size in var.sizes : "${name} has ${size.memory}" if size.memory != null])}"
  }
}

variable "regional_quota" {
  description = "How much Cloud Run gives the project in the region, all functions together. The default is a new project's; a larger one has to be asked for."
  type        = object({ vcpus = number, memory_gib = number })
  default     = { vcpus = 20, memory_gib = 40 }
  nullable    = false
}

variable "public_access" {
  description = "How everybody may call health, runs and triggers: all_users (a grant to allUsers), unasked (Cloud Run's check is switched off, where an organisation forbids allUsers) or nobody (a gateway of yours has to be granted run.invoker)."
  type        = string
  default     = "all_users"
  nullable    = false

  validation {
    condition     = contains(["all_users", "unasked", "nobody"], var.public_access)
    error_message = "public_access is '${var.public_access}'. It has to be all_users, unasked or nobody."
  }
}

variable "private_ingress" {
  description = "Where calls of executor and reconciler may come from, besides being allowed to. ALLOW_INTERNAL_ONLY is a second lock."
  type        = string
  default     = "ALLOW_ALL"
  nullable    = false
}

variable "reconcile_every_minutes" {
  description = "How many minutes lie between two calls of the reconciler. A step that pauses for more than 20 s before its next attempt may go on so much later."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30], var.reconcile_every_minutes)
    error_message = "reconcile_every_minutes is ${var.reconcile_every_minutes}. It has to be a part of an hour: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30."
  }
}

variable "scheduler_jobs_limit" {
  description = "How many scheduled pipelines may have a Cloud Scheduler job each. Where there are more, one job asks every minute what is due."
  type        = number
  default     = 900
  nullable    = false
}

variable "event_append_role" {
  description = "What lets a function append to run_events and read it. A custom role with bigquery.tables.get, getData and updateData alone is tighter."
  type        = string
  default     = "roles/bigquery.dataEditor"
  nullable    = false
}

variable "token_creator_role" {
  description = "What lets the executor act as a tenant's account. A custom role with iam.serviceAccounts.getAccessToken alone is tighter."
  type        = string
  default     = "roles/iam.serviceAccountTokenCreator"
  nullable    = false
}

variable "dataset_metadata_role" {
  description = "What lets triggers ask where a tenant's dataset is. A custom role with bigquery.datasets.get alone is tighter."
  type        = string
  default     = "roles/bigquery.metadataViewer"
  nullable    = false
}

variable "triggers_estimates" {
  description = "Whether triggers may act as the tenants' accounts too, as the executor does, so that a dry run over HTTP says what BigQuery would read. Without it the answer says all else."
  type        = bool
  default     = false
  nullable    = false
}
