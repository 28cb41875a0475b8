variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "The name of the account that builds the functions."
  type        = string
  default     = "convergence-build"
  nullable    = false
}

variable "settling_time" {
  description = "How long to wait after granting: a build that starts before its grants are known everywhere fails."
  type        = string
  default     = "90s"
  nullable    = false
}
