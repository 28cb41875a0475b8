# What the folders are read as. No provider is needed for it.

variables {
  schemas_dir = "../../../shared/schemas"
}

run "a_folder_with_a_tenant_yml_is_a_tenant" {
  command = plan

  module {
    source = "./folders"
  }

  variables {
    configs_dir = "tests/configs/two"
  }

  assert {
    condition = jsonencode({
      for id, tenant in output.tenants : id => merge(tenant, { tables = keys(tenant.tables) })
      }) == jsonencode({
      Globex = {
        account_id   = "t-globex-9b4ed45b"
        display_name = "Globex"
        # Its pipeline reads a source of the templates. Of the others there its pipelines read none: one it has itself.
        secrets  = { focus_key = "Globex_focus_key" }
        location = "US"
        tables   = ["metrics", "raw_data", "transformed_data"]
        files = [
          "Globex/pipelines/focus/cost/hourly.yml",
          "Globex/pipelines/focus/cost/import.yml",
          "Globex/sources/own_source.yml",
          "Globex/tenant.yml",
        ]
      }
      acme_corp_001 = {
        account_id   = "t-acme-corp-001-1fb71ccb"
        display_name = "Acme Corporation"
        secrets      = { openai_key = "acme_corp_001_openai_key", other_key = "acme_corp_001_other_key" }
        location     = "EU"
        tables       = ["budgets", "metrics", "raw_data", "transformed_data"]
        # Neither secrets/ nor what begins with a dot.
        files = [
          "acme_corp_001/files/logo.png",
          "acme_corp_001/pipelines/gcp/cost/export.yml",
          "acme_corp_001/pipelines/llm/usage/openai.yml",
          "acme_corp_001/schemas/budgets.yml",
          "acme_corp_001/sources/bills.yml",
          "acme_corp_001/sources/openai_costs.yml",
          "acme_corp_001/tenant.yml",
          "acme_corp_001/transforms/one.sql",
        ]
      }
    })
    error_message = jsonencode(output.tenants)
  }

  assert {
    condition     = length(output.problems) == 0
    error_message = join("\n", output.problems)
  }
}

run "a_schedule_is_the_pipelines_own_or_the_templates" {
  command = plan

  module {
    source = "./folders"
  }

  variables {
    configs_dir = "tests/configs/two"
  }

  assert {
    condition = jsonencode([for one in output.schedules : one]) == jsonencode([
      {
        job    = "Globex-focus-cost-hourly"
        tenant = "Globex", provider = "focus", domain = "cost", pipeline = "hourly"
        cron   = "0 * * * *", timezone = "Etc/UTC"
      },
      {
        job    = "Globex-focus-cost-import"
        tenant = "Globex", provider = "focus", domain = "cost", pipeline = "import"
        cron   = "30 4 * * 1-5", timezone = "Europe/London"
      },
      {
        job    = "acme_corp_001-gcp-cost-export"
        tenant = "acme_corp_001", provider = "gcp", domain = "cost", pipeline = "export"
        cron   = "0 6 * * *", timezone = "Europe/Berlin"
      },
    ])
    error_message = jsonencode(output.schedules)
  }
}

run "tables_are_those_of_shared_schemas_and_the_tenants_own" {
  command = plan

  module {
    source = "./folders"
  }

  variables {
    configs_dir = "tests/configs/two"
  }

  assert {
    condition = alltrue([
      for name in ["raw_data", "transformed_data", "metrics"] : alltrue([
        for tenant in output.tenants :
        jsonencode(jsondecode(tenant.tables[name].schema)) == jsonencode(jsondecode(file("../../../shared/schemas/${name}.json")).columns)
        && tenant.tables[name].description == jsondecode(file("../../../shared/schemas/${name}.json")).description
        && tenant.tables[name].partition_field == jsondecode(file("../../../shared/schemas/${name}.json")).partitioning.field
        && jsonencode(tenant.tables[name].clustering) == jsonencode(jsondecode(file("../../../shared/schemas/${name}.json")).clustering)
      ])
    ])
    error_message = "a standard table differs from its definition in shared/schemas"
  }

  assert {
    condition = output.tenants["acme_corp_001"].tables["metrics"].schema == jsonencode([
      { name = "tenant_id", type = "STRING", mode = "REQUIRED", description = "whose row it is" },
      { name = "pipeline_id", type = "STRING", mode = "REQUIRED", description = "the pipeline that wrote it" },
      { name = "run_id", type = "STRING", mode = "REQUIRED", description = "the run that wrote it" },
      { name = "metric_date", type = "DATE", mode = "REQUIRED", description = "the UTC day the figure is about" },
      { name = "metric", type = "STRING", mode = "REQUIRED", description = "what is measured, e.g. net_cost" },
      { name = "dimension", type = "STRING", mode = "REQUIRED", description = "what it is measured for, e.g. a service; empty for all" },
      { name = "value", type = "NUMERIC", mode = "REQUIRED", description = "the figure" },
      { name = "unit", type = "STRING", mode = "REQUIRED", description = "its unit, e.g. USD" },
      { name = "created_at", type = "TIMESTAMP", mode = "REQUIRED", description = "when the row was written" },
    ])
    error_message = output.tenants["acme_corp_001"].tables["metrics"].schema
  }

  assert {
    condition = jsonencode(output.tenants["acme_corp_001"].tables["budgets"]) == jsonencode({
      clustering      = ["tenant_id"]
      description     = "What may be spent."
      name            = "budgets"
      partition_field = "month"
      schema = jsonencode([
        { name = "tenant_id", type = "STRING", mode = "REQUIRED", description = "whose row it is" },
        { name = "month", type = "DATE", mode = "NULLABLE" },
        { name = "amount", type = "NUMERIC", mode = "NULLABLE" },
      ])
    })
    error_message = jsonencode(output.tenants["acme_corp_001"].tables["budgets"])
  }
}

run "the_repositorys_own_configuration_is_right" {
  command = plan

  module {
    source = "./folders"
  }

  variables {
    configs_dir = "../../../configs"
  }

  assert {
    condition     = length(output.problems) == 0 && contains(keys(output.tenants), "acme_corp_001")
    error_message = join("\n", output.problems)
  }

  assert {
    condition     = contains([for one in output.schedules : "${one.job} ${one.cron} ${one.timezone}"], "acme_corp_001-gcp-cost-export 0 6 * * * Etc/UTC")
    error_message = jsonencode(output.schedules)
  }
}
