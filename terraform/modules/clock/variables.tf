variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where Cloud Scheduler runs, e.g. us-central1."
  type        = string
  nullable    = false
}

variable "reconciler_uri" {
  description = "Where the reconciler answers, without a slash at the end. Also the audience of the tokens that it is called with."
  type        = string
  nullable    = false
}

variable "schedule" {
  description = "When the reconciler is called, as a cron line in UTC."
  type        = string
  default     = "*/5 * * * *"
  nullable    = false

  validation {
    condition     = length(split(" ", var.schedule)) == 5
    error_message = "schedule is '${var.schedule}'. It has to be a cron line of five fields, e.g. */5 * * * *"
  }
}
