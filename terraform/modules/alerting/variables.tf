variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "emails" {
  description = "Who is told. With none, incidents are only shown in Cloud Monitoring."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "emails holds what is no address: ${join(", ", var.emails)}"
  }
}

variable "subscriptions" {
  description = "The subscriptions that push to the executor: output subscriptions of module messaging. The first has the dead-letter topic."
  type        = list(string)
  nullable    = false
}

variable "oldest_command_seconds" {
  description = "How old a command may get that was not carried out. What an outage kept from being carried out is delivered again after 600 s at most."
  type        = number
  default     = 3600
  nullable    = false
}

variable "runs_in_time" {
  description = "The objective: which part of the runs that end within an hour has to end within its timeout."
  type        = number
  default     = 0.99
  nullable    = false

  validation {
    condition     = var.runs_in_time > 0 && var.runs_in_time < 1
    error_message = "runs_in_time is ${var.runs_in_time}. It has to be between 0 and 1, e.g. 0.99."
  }
}

variable "settling_time" {
  description = "How long to wait after making a metric: an alert on one that Cloud Monitoring has not heard of is refused."
  type        = string
  default     = "300s"
  nullable    = false
}
