variable "project" {
  description = "The Google Cloud project of the jobs."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The region of the jobs, e.g. us-central1."
  type        = string
  nullable    = false
}

variable "schedules" {
  description = "The scheduled pipelines: output schedules of module tenants."
  type = list(object({
    job      = string
    tenant   = string
    provider = string
    domain   = string
    pipeline = string
    cron     = string
    timezone = string
  }))
  nullable = false
}

variable "triggers_url" {
  description = "Where triggers answers, without a slash at the end. Also the tokens' audience, so it has to be TRIGGERS_AUDIENCE to the letter."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[^/ ]+(/[^ ]*[^/ ])?$", var.triggers_url))
    error_message = "triggers_url is '${var.triggers_url}'. It has to be an https address without a slash at the end."
  }
}

variable "service_account_email" {
  description = "The account whose tokens the jobs send: SCHEDULER_SERVICE_ACCOUNT of triggers. Of this project, as Cloud Scheduler wants it."
  type        = string
  nullable    = false
}

variable "configuration_bucket" {
  description = "The bucket that the functions read configuration from, by name."
  type        = string
  nullable    = false
}

variable "configuration_prefix" {
  description = "The path in the bucket under which the configuration lies; the index of schedules is schedules.json there."
  type        = string
  default     = "configs"
  nullable    = false
}

variable "scheduler_jobs_limit" {
  description = "How many scheduled pipelines may have a job each. Where there are more, one job asks every minute what is due. Cloud Scheduler's quota is 1,000 jobs a region unless raised (to 5,000 at most), for all jobs of the project."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.scheduler_jobs_limit >= 0 && var.scheduler_jobs_limit <= 5000 && floor(var.scheduler_jobs_limit) == var.scheduler_jobs_limit
    error_message = "scheduler_jobs_limit is ${var.scheduler_jobs_limit}. It has to be a whole number from 0 to 5000, which is the most that Cloud Scheduler allows in a region."
  }
}
