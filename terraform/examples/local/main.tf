# The datasets and tables, in a BigQuery stand-in on this machine. docs/DEPLOYMENT.md says how to start one.

terraform {
  required_version = ">= 1.7"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.40"
    }
  }
}

variable "project" {
  description = "The project's name in the stand-in."
  type        = string
  default     = "terraform-local"
  nullable    = false
}

variable "bigquery_port" {
  description = "Where the stand-in listens on this machine."
  type        = number
  default     = 9050
  nullable    = false
}

variable "configs_dir" {
  description = "The folder of the tenants' folders and of tenants.json."
  type        = string
  default     = "../../../configs"
  nullable    = false
}

provider "google" {
  project                   = var.project
  access_token              = "the-stand-in-asks-for-none"
  big_query_custom_endpoint = "http://localhost:${var.bigquery_port}/bigquery/v2/"
}

module "metadata" {
  source  = "../../modules/metadata"
  project = var.project
}

module "tenants" {
  source        = "../../modules/tenants"
  project       = var.project
  configs_dir   = var.configs_dir
  datasets_only = true
}

output "tenants" {
  description = "By tenant: its dataset and the dataset's location."
  value       = module.tenants.tenants
}
