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

variable "every_minutes" {
  description = "How many minutes lie between two calls of the reconciler."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30], var.every_minutes)
    error_message = "every_minutes is ${var.every_minutes}. It has to be a part of an hour: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30."
  }
}
