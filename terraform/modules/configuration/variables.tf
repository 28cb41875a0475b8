variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Where the bucket is, e.g. us-central1."
  type        = string
  nullable    = false
}

variable "bucket" {
  description = "The bucket's name, which nobody else in the world may have."
  type        = string
  nullable    = false
}

variable "configs_dir" {
  description = "The folder of the tenants' folders, e.g. ../configs. Its folder templates, which all tenants share, goes into the bucket here; the tenants' own go with module tenants."
  type        = string
  nullable    = false
}

variable "prefix" {
  description = "The path in the bucket under which the folder lies."
  type        = string
  default     = "configs"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9_-]+(/[a-z0-9_-]+)*$", var.prefix))
    error_message = "prefix is '${var.prefix}'. It has to be a path without a slash at either end, e.g. configs."
  }
}

variable "readers" {
  description = "Who may read the bucket: member by any name for it."
  type        = map(string)
  default     = {}
  nullable    = false
}
