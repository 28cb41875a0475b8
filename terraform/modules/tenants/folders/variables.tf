variable "configs_dir" {
  description = "The folder of the tenants' folders and of templates/."
  type        = string
  nullable    = false
}

variable "schemas_dir" {
  description = "The folder of the standard tables' definitions: shared/schemas."
  type        = string
  nullable    = false
}
