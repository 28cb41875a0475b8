"""Terraform makes the accounts that the executor acts as: the module's examples, held against the code's rule."""

import re

from shared.config.standard_tables import TENANT_TABLES
from shared.domain.tenant_account import tenant_account_id
from tests.stage import ROOT

_MODULE = ROOT / "terraform/modules/tenants"


def test_the_modules_examples_are_what_the_code_computes() -> None:
    text = (_MODULE / "tests/accounts.tftest.hcl").read_text()

    examples = dict(re.findall(r'^ +"(\w+)" += "(t-[^"]+)"$', text, re.M))

    assert len(examples) == 5
    assert examples == {tenant_id: tenant_account_id(tenant_id) for tenant_id in examples}


def test_the_modules_standard_tables_are_the_codes() -> None:
    text = (_MODULE / "folders/tables.tf").read_text()

    named = re.search(r"standard_tables = \[(.+)\]", text)

    assert named is not None
    assert tuple(re.findall(r'"(\w+)"', named[1])) == TENANT_TABLES
