variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "project_number" {
  description = "The project's number, which is in the name of Pub/Sub's own account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "project_number is '${var.project_number}'. It has to be the project's number, not its id."
  }
}

variable "topic" {
  description = "The topic that commands travel on; the others are named after it."
  type        = string
  default     = "pipeline-steps"
  nullable    = false
}

variable "executor_uri" {
  description = "Where the executor answers, without a slash at the end. Also the audience of the tokens that it is called with."
  type        = string
  nullable    = false
}

variable "ack_deadline_seconds" {
  description = "How long the executor has for a call before the message is delivered again, while the call goes on."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.ack_deadline_seconds > 500 && var.ack_deadline_seconds <= 600
    error_message = "ack_deadline_seconds is ${var.ack_deadline_seconds}. A call of the executor takes 500 seconds, and Pub/Sub allows 600."
  }
}

variable "max_delivery_attempts" {
  description = "How often a command is delivered before it goes to the dead-letter topic."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.max_delivery_attempts >= 5 && var.max_delivery_attempts <= 100
    error_message = "max_delivery_attempts is ${var.max_delivery_attempts}. Pub/Sub allows 5 to 100."
  }
}

variable "topic_grants" {
  description = "Who may what on the topic, by any name for it."
  type        = map(object({ role = string, member = string }))
  default     = {}
  nullable    = false
}
