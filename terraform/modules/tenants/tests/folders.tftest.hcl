# tenants.json has to be there, and of the folders as they are. tests/terraform/test_tenants_file.py has the sentences.

mock_provider "google" {}
mock_provider "time" {}

variables {
  project = "my-project"
}

run "the_repositorys_own_file_is_of_its_folders" {
  command = plan

  variables {
    configs_dir = "../../../configs"
  }

  assert {
    condition     = contains(keys(output.tenants), "acme_corp_001")
    error_message = jsonencode(output.tenants)
  }

  assert {
    condition     = contains([for one in output.schedules : "${one.job} ${one.cron} ${one.timezone}"], "acme_corp_001-gcp-cost-export 0 6 * * * Etc/UTC")
    error_message = jsonencode(output.schedules)
  }
}

run "a_stale_file_ends_the_plan" {
  command = plan

  variables {
    configs_dir = "tests/configs/stale"
  }

  expect_failures = [terraform_data.configuration]
}

run "no_file_ends_the_plan" {
  command = plan

  variables {
    configs_dir = "tests/configs/unwritten"
  }

  expect_failures = [var.configs_dir]
}

run "a_path_with_no_tenants_ends_the_plan" {
  command = plan

  variables {
    configs_dir = "tests/configs/nowhere"
  }

  expect_failures = [var.configs_dir]
}
