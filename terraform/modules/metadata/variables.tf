variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Where the dataset is, e.g. US or europe-west1. It can't be moved afterwards."
  type        = string
  default     = "US"
  nullable    = false
}

variable "dataset_grants" {
  description = "Who may what on the dataset, by any name for it."
  type        = map(object({ role = string, member = string }))
  default     = {}
  nullable    = false
}

variable "table_grants" {
  description = "Who may what on a table or view of it, by any name for it."
  type        = map(object({ table = string, role = string, member = string }))
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for grant in var.table_grants :
      contains(["api_keys", "run_events", "pipeline_runs", "step_logs", "dq_results"], grant.table)
    ])
    error_message = "table_grants names a table that metadata hasn't: ${join(", ", [for grant in var.table_grants : grant.table])}"
  }
}

variable "run_events_retention_days" {
  description = "After how many days the facts about a run are deleted by BigQuery, counted from the day of its acceptance. Without, none ever is."
  type        = number
  default     = null

  validation {
    condition     = var.run_events_retention_days == null || try(var.run_events_retention_days >= 60 && floor(var.run_events_retention_days) == var.run_events_retention_days, false)
    error_message = "run_events_retention_days has to be a whole number, 60 at least: a run may wait for 30 days and is looked after for 35."
  }
}
