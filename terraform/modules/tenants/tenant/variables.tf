variable "tenant_id" {
  description = "The tenant's id, which is its folder's and its dataset's name."
  type        = string
}

variable "tenant" {
  description = "What the tenant's folder says: an item of local.tenants of ../main.tf."
  type = object({
    display_name = string
    location     = string
    tables = map(object({
      description     = string
      schema          = string
      partition_field = optional(string)
      clustering      = list(string)
    }))
    secrets = map(string)
    files   = list(string)
  })
}

variable "account" {
  description = "The e-mail address of the tenant's account."
  type        = string
}

variable "datasets_only" {
  description = "Only the dataset and its tables."
  type        = bool
}

variable "settings" {
  description = "What is the same for all tenants; the variables of the module around this one say what each means."
  type = object({
    project               = string
    configs_dir           = string
    configuration_bucket  = string
    configuration_prefix  = string
    executor_member       = string
    triggers_member       = string
    token_creator_role    = string
    dataset_metadata_role = string
    triggers_estimates    = bool
  })
}
