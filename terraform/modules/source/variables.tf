variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where the bucket is, e.g. us-central1."
  type        = string
  nullable    = false
}

variable "bucket" {
  description = "The bucket's name, which nobody else in the world may have."
  type        = string
  nullable    = false
}

variable "bundle" {
  description = "The archive of the functions, as make bundle builds it."
  type        = string
  nullable    = false

  validation {
    condition     = fileexists(var.bundle)
    error_message = "There is no file ${var.bundle}. Build it with: make bundle"
  }
}
