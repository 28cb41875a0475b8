# What the tenants get, from folders alone. Run "example" is the example of README.md: a dataset and an account each.

mock_provider "google" {}
mock_provider "time" {}

variables {
  project              = "my-project"
  configs_dir          = "tests/configs/two"
  configuration_bucket = "my-project-configuration"
  executor_member      = "serviceAccount:convergence-executor@my-project.iam.gserviceaccount.com"
  triggers_member      = "serviceAccount:convergence-triggers@my-project.iam.gserviceaccount.com"
}

run "example" {
  command = plan

  assert {
    condition = jsonencode(output.tenants) == jsonencode({
      Globex = {
        dataset = "Globex", location = "US"
        account = "t-globex-9b4ed45b@my-project.iam.gserviceaccount.com"
      }
      acme_corp_001 = {
        dataset = "acme_corp_001", location = "EU"
        account = "t-acme-corp-001-1fb71ccb@my-project.iam.gserviceaccount.com"
      }
    })
    error_message = jsonencode(output.tenants)
  }

  assert {
    condition = jsonencode({ for id, account in google_service_account.tenant : id => account.account_id }) == jsonencode({
      Globex = "t-globex-9b4ed45b", acme_corp_001 = "t-acme-corp-001-1fb71ccb"
    })
    error_message = "the accounts are not those of the tenants"
  }

  assert {
    condition = alltrue([for id, tenant in module.tenant :
      tenant.dataset.dataset_id == id
      && tenant.dataset.location == output.tenants[id].location
      && tenant.dataset.project == "my-project"
    ])
    error_message = "a dataset is not as its tenant.yml says"
  }

  assert {
    condition     = module.tenant["acme_corp_001"].dataset.description == "Tenant Acme Corporation"
    error_message = module.tenant["acme_corp_001"].dataset.description
  }
}

run "grants_are_these_and_no_others" {
  command = plan

  assert {
    condition = jsonencode(output.grants) == jsonencode([
      "serviceAccount:convergence-executor@my-project.iam.gserviceaccount.com roles/iam.serviceAccountTokenCreator on account t-acme-corp-001-1fb71ccb@my-project.iam.gserviceaccount.com",
      "serviceAccount:convergence-executor@my-project.iam.gserviceaccount.com roles/iam.serviceAccountTokenCreator on account t-globex-9b4ed45b@my-project.iam.gserviceaccount.com",
      "serviceAccount:convergence-triggers@my-project.iam.gserviceaccount.com roles/bigquery.metadataViewer on dataset Globex",
      "serviceAccount:convergence-triggers@my-project.iam.gserviceaccount.com roles/bigquery.metadataViewer on dataset acme_corp_001",
      "serviceAccount:t-acme-corp-001-1fb71ccb@my-project.iam.gserviceaccount.com roles/bigquery.dataEditor on dataset acme_corp_001",
      "serviceAccount:t-acme-corp-001-1fb71ccb@my-project.iam.gserviceaccount.com roles/bigquery.jobUser on project my-project",
      "serviceAccount:t-acme-corp-001-1fb71ccb@my-project.iam.gserviceaccount.com roles/secretmanager.secretAccessor on secret acme_corp_001_openai_key",
      "serviceAccount:t-acme-corp-001-1fb71ccb@my-project.iam.gserviceaccount.com roles/secretmanager.secretAccessor on secret acme_corp_001_other_key",
      "serviceAccount:t-globex-9b4ed45b@my-project.iam.gserviceaccount.com roles/bigquery.dataEditor on dataset Globex",
      "serviceAccount:t-globex-9b4ed45b@my-project.iam.gserviceaccount.com roles/bigquery.jobUser on project my-project",
      "serviceAccount:t-globex-9b4ed45b@my-project.iam.gserviceaccount.com roles/secretmanager.secretAccessor on secret Globex_focus_key",
    ])
    error_message = join("\n", output.grants)
  }
}

run "triggers_acts_as_tenants_only_where_asked_to" {
  command = plan

  variables {
    triggers_estimates = true
  }

  assert {
    condition = jsonencode([for grant in output.grants : grant if strcontains(grant, "convergence-triggers") && strcontains(grant, "on account")]) == jsonencode([
      "serviceAccount:convergence-triggers@my-project.iam.gserviceaccount.com roles/iam.serviceAccountTokenCreator on account t-acme-corp-001-1fb71ccb@my-project.iam.gserviceaccount.com",
      "serviceAccount:convergence-triggers@my-project.iam.gserviceaccount.com roles/iam.serviceAccountTokenCreator on account t-globex-9b4ed45b@my-project.iam.gserviceaccount.com",
    ])
    error_message = join("\n", output.grants)
  }
}

run "nothing_deletes_data" {
  command = plan

  assert {
    condition = alltrue([for tenant in module.tenant :
      tenant.dataset.delete_contents_on_destroy == false
      && tenant.dataset.default_table_expiration_ms == null
      && tenant.dataset.default_partition_expiration_ms == null
    ])
    error_message = "a dataset could lose its tables"
  }

  assert {
    condition = alltrue(flatten([for tenant in module.tenant : [for table in tenant.tables :
      table.deletion_protection && table.expiration_time == null && table.time_partitioning[0].expiration_ms == null
    ]]))
    error_message = "a table could be deleted, or lose its rows"
  }

  assert {
    condition     = alltrue(flatten([for tenant in module.tenant : [for secret in tenant.secrets : secret.deletion_protection]]))
    error_message = "a secret could be deleted"
  }

  # Terraform has no value for it; the plan that would delete is refused in tests/terraform/test_tenant_removal.py.
  assert {
    condition     = length(regexall("prevent_destroy = true", file("tenant/main.tf"))) == 3 && length(module.tenant) == 2
    error_message = "tenant/main.tf has to prevent that datasets, tables and secrets are destroyed"
  }
}

run "secrets_are_empty" {
  command = plan

  assert {
    condition = jsonencode(output.secrets) == jsonencode({
      Globex        = { focus_key = "Globex_focus_key" }
      acme_corp_001 = { openai_key = "acme_corp_001_openai_key", other_key = "acme_corp_001_other_key" }
    })
    error_message = jsonencode(output.secrets)
  }

  assert {
    condition = alltrue(flatten([for id, tenant in module.tenant : [for name, secret in tenant.secrets :
      secret.secret_id == output.secrets[id][name] && length(secret.replication[0].auto) == 1
    ]]))
    error_message = "a secret is not called {tenant_id}_{name}, or is not replicated automatically"
  }

  assert {
    condition = length(module.tenant) == 2 && length(regexall(
      "resource \"google_secret_manager_secret_version\"", join("", [for path in fileset(".", "**/*.tf") : file(path)])
    )) == 0
    error_message = "a secret's value would be in the state"
  }
}

run "files_are_in_the_bucket_but_for_secrets" {
  command = plan

  assert {
    condition = jsonencode([for file in module.tenant["acme_corp_001"].files : file.name]) == jsonencode([
      "configs/acme_corp_001/files/logo.png",
      "configs/acme_corp_001/pipelines/gcp/cost/export.yml",
      "configs/acme_corp_001/pipelines/llm/usage/openai.yml",
      "configs/acme_corp_001/schemas/budgets.yml",
      "configs/acme_corp_001/sources/bills.yml",
      "configs/acme_corp_001/sources/openai_costs.yml",
      "configs/acme_corp_001/tenant.yml",
      "configs/acme_corp_001/transforms/one.sql",
    ])
    error_message = jsonencode([for file in module.tenant["acme_corp_001"].files : file.name])
  }

  assert {
    condition = alltrue(flatten([for tenant in module.tenant : [for path, file in tenant.files :
      file.bucket == "my-project-configuration" && file.content == null
      && file.source == "tests/configs/two/${path}" && file.source_md5hash == filemd5("tests/configs/two/${path}")
    ]]))
    error_message = "an object is not its file"
  }
}

run "tables_are_laid_out_as_defined" {
  command = plan

  assert {
    condition = jsonencode({ for name, table in module.tenant["acme_corp_001"].tables : name => {
      clustering = table.clustering, partitioning = table.time_partitioning[0].type, field = table.time_partitioning[0].field
      dataset    = table.dataset_id
      }
      }) == jsonencode({
      budgets          = { clustering = ["tenant_id"], partitioning = "DAY", field = "month", dataset = "acme_corp_001" }
      metrics          = { clustering = ["tenant_id", "pipeline_id"], partitioning = "DAY", field = "metric_date", dataset = "acme_corp_001" }
      raw_data         = { clustering = ["tenant_id", "pipeline_id"], partitioning = "DAY", field = "ingestion_date", dataset = "acme_corp_001" }
      transformed_data = { clustering = ["tenant_id", "pipeline_id"], partitioning = "DAY", field = "usage_date", dataset = "acme_corp_001" }
    })
    error_message = "a table is not partitioned or clustered as it is defined"
  }

  assert {
    condition = alltrue([for name in ["raw_data", "transformed_data", "metrics"] :
      jsonencode(jsondecode(module.tenant["Globex"].tables[name].schema)) == jsonencode(jsondecode(file("../../../shared/schemas/${name}.json")).columns)
    ])
    error_message = "a table's schema differs from shared/schemas"
  }
}

run "tables_of_its_own_are_as_its_schemas_say" {
  command = plan

  assert {
    condition = jsonencode(local.tenants["acme_corp_001"].tables["budgets"]) == jsonencode({
      clustering      = ["tenant_id"]
      description     = "What may be spent."
      partition_field = "month"
      schema = jsonencode([
        { name = "tenant_id", type = "STRING", mode = "REQUIRED", description = "whose row it is" },
        { name = "month", type = "DATE", mode = "NULLABLE" },
        { name = "amount", type = "NUMERIC", mode = "NULLABLE" },
      ])
    })
    error_message = jsonencode(local.tenants["acme_corp_001"].tables["budgets"])
  }
}

run "schedules_are_those_of_the_file" {
  command = plan

  assert {
    condition = jsonencode([for one in output.schedules : "${one.job} ${one.tenant}/${one.provider}/${one.domain}/${one.pipeline} ${one.cron} ${one.timezone}"]) == jsonencode([
      "Globex-focus-cost-hourly Globex/focus/cost/hourly 0 * * * * Etc/UTC",
      "Globex-focus-cost-import Globex/focus/cost/import 30 4 * * 1-5 Europe/London",
      "acme_corp_001-gcp-cost-export acme_corp_001/gcp/cost/export 0 6 * * * Europe/Berlin",
    ])
    error_message = jsonencode(output.schedules)
  }
}

run "a_stand_in_gets_datasets_and_tables_alone" {
  command = plan

  variables {
    datasets_only        = true
    configuration_bucket = ""
    executor_member      = ""
    triggers_member      = ""
  }

  assert {
    condition     = length(module.tenant["acme_corp_001"].tables) == 4 && length(google_service_account.tenant) == 0
    error_message = "a stand-in has no accounts"
  }

  assert {
    condition     = length(output.grants) == 0 && length(flatten([for tenant in module.tenant : [keys(tenant.secrets), keys(tenant.files)]])) == 0
    error_message = "a stand-in has no grants, secrets or files"
  }
}
