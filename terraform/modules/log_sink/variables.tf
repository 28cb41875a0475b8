variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "dataset" {
  description = "A dataset of the project, which is there already and is nobody's: neither metadata nor a tenant's."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_]+$", var.dataset)) && lower(var.dataset) != "metadata"
    error_message = "dataset is '${var.dataset}'. It has to be the name of a dataset of letters, digits and underscores, and not 'metadata'."
  }
}
