variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where the images are kept: the functions' region."
  type        = string
  nullable    = false
}

variable "repository" {
  description = "The name of the repository of the functions' images."
  type        = string
  default     = "convergence"
  nullable    = false
}

variable "images_kept" {
  description = "How many images of each function are kept, however old they are."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.images_kept >= 1
    error_message = "images_kept is ${var.images_kept}. At least the last image of each function has to be kept."
  }
}

variable "images_kept_days" {
  description = "For how many days all images are kept."
  type        = number
  default     = 30
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
  default     = "300s"
  nullable    = false
}
