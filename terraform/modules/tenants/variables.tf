variable "project" {
  description = "The Google Cloud project that the tenants' datasets, accounts and secrets are in."
  type        = string
  nullable    = false
}

variable "configs_dir" {
  description = "The folder of the tenants' folders and of tenants.json, e.g. ../configs. Write it relative to where terraform runs: it is kept in the state."
  type        = string
  nullable    = false

  validation {
    condition     = length(fileset(var.configs_dir, "*/**")) > 0
    error_message = "configs_dir is '${var.configs_dir}', where no tenant has a folder. Write the path relative to where terraform runs."
  }

  # Ends the plan before Terraform finds that there are no tenants any more.
  validation {
    condition     = try(jsondecode(file("${var.configs_dir}/tenants.json")).format, 0) == 1
    error_message = "There is no ${var.configs_dir}/tenants.json, or it is not one of this release. Write it and commit it with the folders: convergence validate --write"
  }
}

variable "schemas_dir" {
  description = "The folder of the standard tables' definitions. Left out, shared/schemas of this repository."
  type        = string
  default     = null
}

variable "configuration_bucket" {
  description = "The bucket that the functions read configuration from (CONFIGS_URI), by name."
  type        = string
  default     = ""
}

variable "configuration_prefix" {
  description = "The path in the bucket under which the tenants' folders lie, as CONFIGS_URI says it."
  type        = string
  default     = "configs"
}

variable "executor_member" {
  description = "Who may act as the tenants' accounts: the executor's account, e.g. serviceAccount:convergence-executor@my-project.iam.gserviceaccount.com."
  type        = string
  default     = ""
}

variable "triggers_member" {
  description = "Who may ask whether a tenant has a dataset, and where: the account of triggers."
  type        = string
  default     = ""
}

variable "token_creator_role" {
  description = "What the executor gets on each tenant's account. A custom role with iam.serviceAccounts.getAccessToken alone is tighter."
  type        = string
  default     = "roles/iam.serviceAccountTokenCreator"
}

variable "dataset_metadata_role" {
  description = "What triggers gets on each tenant's dataset. A custom role with bigquery.datasets.get alone is tighter."
  type        = string
  default     = "roles/bigquery.metadataViewer"
}

variable "triggers_estimates" {
  description = "Whether triggers, too, may act as the tenants' accounts, to ask BigQuery what a run would read."
  type        = bool
  default     = false
}

variable "datasets_only" {
  description = "Only datasets and tables: for a BigQuery stand-in, which knows no accounts, secrets, files or grants."
  type        = bool
  default     = false
}
