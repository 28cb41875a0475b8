# A tenant is a folder below configs_dir. What the folders say is in tenants.json, which folders.tf holds against them;
# what a tenant gets is made in tenant/.
#
# A module for each tenant, because Terraform looks at all of a for_each for every one of its instances: one resource with
# the files of 1,000 tenants would take hours to plan. README.md has the figures.

resource "terraform_data" "configuration" {
  lifecycle {
    precondition {
      condition     = length(local.problems) == 0
      error_message = <<-EOT
        ${join("\n", local.problems)}
        Write the file anew and commit it with the folders: convergence validate --write
      EOT
    }
  }
}

locals {
  tenants = {
    for id, tenant in local.written.tenants : id => {
      account_id   = tenant.account_id
      display_name = tenant.display_name
      location     = tenant.location
      tables       = merge(local.layouts[""], local.layouts[id])
      secrets      = { for name in tenant.secrets : name => "${id}_${name}" }
      files        = try(local.files[id], [])
    }
  }

  accounts = var.datasets_only ? {} : { for id, tenant in local.tenants : id => tenant.account_id }
  domain   = "${var.project}.iam.gserviceaccount.com"
}

resource "google_service_account" "tenant" {
  for_each = local.accounts

  project      = var.project
  account_id   = each.value
  display_name = "Tenant ${each.key}"
  description  = "Runs the jobs of tenant ${each.key}"

  depends_on = [terraform_data.configuration]
}

# IAM refuses an account that was made just now in a grant. Waited for once, and not once a tenant.
resource "time_sleep" "accounts" {
  count = var.datasets_only ? 0 : 1

  create_duration = "30s"
  triggers = {
    accounts = sha256(join(",", values(local.accounts)))
    domain   = local.domain
  }

  depends_on = [google_service_account.tenant]
}

module "tenant" {
  source   = "./tenant"
  for_each = local.tenants

  tenant_id = each.key
  tenant    = each.value
  # Taken from there, so that grants wait, and they alone: Terraform walks from each resource to all that it waits for.
  account = "${each.value.account_id}@${var.datasets_only ? local.domain : time_sleep.accounts[0].triggers.domain}"

  datasets_only = var.datasets_only
  settings = {
    project               = var.project
    configs_dir           = var.configs_dir
    configuration_bucket  = var.configuration_bucket
    configuration_prefix  = var.configuration_prefix
    executor_member       = var.executor_member
    triggers_member       = var.triggers_member
    token_creator_role    = var.token_creator_role
    dataset_metadata_role = var.dataset_metadata_role
    triggers_estimates    = var.triggers_estimates
  }

  depends_on = [terraform_data.configuration]
}
