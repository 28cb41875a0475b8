# The same names as tests/unit/domain/test_tenant_account.py expects of the executor, which acts as these accounts.

run "accounts_are_called_as_the_executor_calls_them" {
  command = plan

  module {
    source = "./folders"
  }

  variables {
    configs_dir = "tests/configs/names"
    schemas_dir = "../../../shared/schemas"
  }

  assert {
    condition = jsonencode({ for id, tenant in output.tenants : id => tenant.account_id }) == jsonencode({
      "acme_corp_001"                                      = "t-acme-corp-001-1fb71ccb"
      "Globex"                                             = "t-globex-9b4ed45b"
      "a_tenant_with_a_name_that_is_as_long_as_it_may_be_" = "t-a-tenant-with-a-n-0d0ee518"
      "___"                                                = "t--bda25155"
      "x_______________________y"                          = "t-x-2907334e"
    })
    error_message = jsonencode({ for id, tenant in output.tenants : id => tenant.account_id })
  }
}
