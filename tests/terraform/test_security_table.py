"""docs/SECURITY.md lists every grant, and no other."""

import re

from tests.stage import ROOT

_SHORT = re.compile(r"serviceAccount:([A-Za-z0-9-]+)@(my-project|gcp-sa-pubsub)\.iam\.gserviceaccount\.com")


def test_the_table_is_the_list_that_terraform_is_held_to() -> None:
    granted = (ROOT / "terraform/tests/grants.txt").read_text().splitlines()
    page = (ROOT / "docs/SECURITY.md").read_text()

    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (\w+) `(.+?)` \| (.+) \|$", page, re.M)

    said = [f"{who} {role} on {kind} {thing}" for who, role, kind, thing, _why in rows]
    assert sorted(said) == sorted(map(as_the_page_says_it, granted))
    assert all(why.strip() for *_, why in rows)


def as_the_page_says_it(grant: str) -> str:
    """With the tenant of the tests made any tenant, and their project any project."""
    for concrete, general in (
        ("t-acme-822b33ad", "t-TENANT"),
        ("acme_openai_admin_key", "TENANT_NAME"),
        ("dataset acme", "dataset TENANT"),
        ("service-123456789012", "service-NUMBER"),
        ("project my-project", "project PROJECT"),
        ("bucket my-project-", "bucket PROJECT-"),
        ("account t-TENANT@my-project.iam.gserviceaccount.com", "account t-TENANT"),
    ):
        grant = grant.replace(concrete, general)
    return _SHORT.sub(r"\1", grant)
