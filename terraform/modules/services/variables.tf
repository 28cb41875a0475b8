variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "services" {
  description = "The APIs to enable, by their host names."
  type        = set(string)
  nullable    = false

  default = [
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ]

  validation {
    condition     = alltrue([for service in var.services : endswith(service, ".googleapis.com")])
    error_message = "Each of services has to be an API's host name, e.g. bigquery.googleapis.com."
  }
}

variable "settling_time" {
  description = "How long to wait after enabling: an API that was just enabled refuses calls for a while."
  type        = string
  default     = "60s"
  nullable    = false
}
