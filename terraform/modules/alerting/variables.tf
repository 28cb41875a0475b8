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
  description = "How old a command may get that was not carried out. One that waits for its next attempt is delivered again after 600 s at most."
  type        = number
  default     = 3600
  nullable    = false
}
