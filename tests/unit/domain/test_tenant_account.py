"""What a tenant's account is called: Terraform makes it by the name in tenants.json, which is this one."""

import re

import pytest

from shared.domain.tenant_account import tenant_account, tenant_account_id

EXAMPLES = {
    "acme_corp_001": "t-acme-corp-001-1fb71ccb",
    "Globex": "t-globex-9b4ed45b",
    "a_tenant_with_a_name_that_is_as_long_as_it_may_be_": "t-a-tenant-with-a-n-0d0ee518",
    "___": "t--bda25155",
    "x_______________________y": "t-x-2907334e",
}


@pytest.mark.parametrize(("tenant_id", "account_id"), EXAMPLES.items())
def test_an_account_is_called_after_its_tenant(tenant_id: str, account_id: str) -> None:
    assert tenant_account_id(tenant_id) == account_id
    assert re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", account_id)


def test_tenants_whose_names_differ_in_case_only_have_accounts_of_their_own() -> None:
    assert tenant_account_id("acme") != tenant_account_id("ACME")


def test_an_account_is_known_by_its_address_in_the_project() -> None:
    address = tenant_account("acme_corp_001", project="my-project")

    assert address == f"{EXAMPLES['acme_corp_001']}@my-project.iam.gserviceaccount.com"
