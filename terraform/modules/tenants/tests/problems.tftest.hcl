# Every kind of wrong folder, a sentence each, in the order of the files' names.

mock_provider "google" {}
mock_provider "time" {}

run "each_problem_has_a_sentence_that_names_the_file" {
  command = plan

  module {
    source = "./folders"
  }

  variables {
    configs_dir = "tests/configs/wrong"
    schemas_dir = "../../../shared/schemas"
  }

  assert {
    condition = jsonencode(output.problems) == jsonencode([
      "tests/configs/wrong/Metadata: a tenant's id has to be 3 to 50 letters, digits and underscores, and not 'metadata' or 'templates'.",
      "tests/configs/wrong/ab: a tenant's id has to be 3 to 50 letters, digits and underscores, and not 'metadata' or 'templates'.",
      "tests/configs/wrong/acme-corp: a tenant's id has to be 3 to 50 letters, digits and underscores, and not 'metadata' or 'templates'.",
      "tests/configs/wrong/empty_file/tenant.yml: is not YAML, or not a mapping (key: value).",
      "tests/configs/wrong/empty_name/tenant.yml: display_name has to be a text of 1 to 200 characters; one that looks like something else needs quotes.",
      "tests/configs/wrong/limits_list/tenant.yml: limits has to be a mapping (key: value).",
      "tests/configs/wrong/no_location/tenant.yml: location has to be where BigQuery keeps datasets, e.g. US, EU or europe-west3.",
      "tests/configs/wrong/no_name/tenant.yml: display_name is missing: the tenant's name for people.",
      "tests/configs/wrong/no_tenant_file/tenant.yml: there is no such file; write it, or remove the folder.",
      "tests/configs/wrong/not_a_mapping/tenant.yml: is not YAML, or not a mapping (key: value).",
      "tests/configs/wrong/not_yaml/tenant.yml: is not YAML, or not a mapping (key: value).",
      "tests/configs/wrong/number_name/tenant.yml: display_name has to be a text of 1 to 200 characters; one that looks like something else needs quotes.",
      "tests/configs/wrong/text_limits/tenant.yml: limits.bytes_billed_per_job has to be a whole number from 10485760 to 9223372036854775807.",
      "tests/configs/wrong/text_limits/tenant.yml: limits.concurrent_runs has to be a whole number from 1 to 1000.",
      "tests/configs/wrong/unknown_key/tenant.yml: 'locatoin' is not a known key; display_name, location and limits are.",
      "tests/configs/wrong/wrong_limits/tenant.yml: 'limits.runs' is not a known key; bytes_billed_per_day and bytes_billed_per_job and concurrent_runs and runs_per_day are.",
      "tests/configs/wrong/wrong_limits/tenant.yml: limits.bytes_billed_per_job has to be a whole number from 10485760 to 9223372036854775807.",
      "tests/configs/wrong/wrong_limits/tenant.yml: limits.concurrent_runs has to be a whole number from 1 to 1000.",
      "tests/configs/wrong/wrong_location/tenant.yml: location has to be where BigQuery keeps datasets, e.g. US, EU or europe-west3.",
      "tests/configs/wrong/wrong_parts/pipelines/gcp/cost/export.yml: schedule.cron has to be five unix-cron fields, e.g. '0 6 * * *'.",
      "tests/configs/wrong/wrong_parts/pipelines/gcp/cost/extends.yml: extends 'templates/gcp/cost/export', but there is no tests/configs/wrong/templates/pipelines/gcp/cost/export.yml.",
      "tests/configs/wrong/wrong_parts/pipelines/gcp/cost/no_cron.yml: schedule.cron has to be five unix-cron fields, e.g. '0 6 * * *'.",
      "tests/configs/wrong/wrong_parts/pipelines/gcp/cost/no_cron.yml: schedule.timezone has to be a name such as Etc/UTC or Europe/Berlin.",
      "tests/configs/wrong/wrong_parts/schemas/budgets.yml: is not a table: name has to be 'budgets', which no standard table has, and columns need a name and a type each (STRING, INTEGER, NUMERIC, FLOAT, BOOLEAN, DATE, DATETIME, TIMESTAMP, JSON).",
      "tests/configs/wrong/wrong_parts/schemas/metrics.yml: is not a table: name has to be 'metrics', which no standard table has, and columns need a name and a type each (STRING, INTEGER, NUMERIC, FLOAT, BOOLEAN, DATE, DATETIME, TIMESTAMP, JSON).",
      "tests/configs/wrong/wrong_parts/schemas/types.yml: is not a table: name has to be 'types', which no standard table has, and columns need a name and a type each (STRING, INTEGER, NUMERIC, FLOAT, BOOLEAN, DATE, DATETIME, TIMESTAMP, JSON).",
      "tests/configs/wrong/wrong_parts/sources/api.yml: is not YAML, or not a mapping (key: value).",
      "tests/configs/wrong: secret corp_key of acme and secret key of acme_corp would both be called acme_corp_key in Secret Manager; give one of them another name.",
    ])
    error_message = join("\n", output.problems)
  }
}

run "a_problem_ends_the_plan" {
  command = plan

  variables {
    project     = "my-project"
    configs_dir = "tests/configs/wrong"
  }

  expect_failures = [terraform_data.configuration]
}

run "a_path_with_no_tenants_ends_the_plan" {
  command = plan

  variables {
    project     = "my-project"
    configs_dir = "tests/configs/nowhere"
  }

  expect_failures = [var.configs_dir]
}
