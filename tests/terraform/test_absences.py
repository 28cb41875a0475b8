"""What may be nowhere in the Terraform files, which `terraform test` can't say of resources that are not there."""

import re
from collections.abc import Iterator

import pytest

from tests.stage import ROOT

FILES = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in sorted((ROOT / "terraform").rglob("*.tf"))
    if ".terraform" not in path.parts
}
FORBIDDEN = {
    "a secret's value, which would be in the state": r'"google_secret_manager_secret_version"',
    "an account's key": r'"google_service_account_key"',
    "a list of all who have a role, which takes it from everybody else": r'"google_\w+_iam_(binding|policy)"',
    "tables that expire by themselves": r"default_(table|partition)_expiration_ms\s*=",
    "a dataset that takes its tables along": r"delete_contents_on_destroy\s*=\s*true",
    "legacy SQL": r"use_legacy_sql\s*=\s*true",
}
"""Resources and arguments by what is wrong with them."""


def found_in(files: dict[str, str], pattern: str) -> list[str]:
    """The files that hold the pattern."""
    return [name for name, text in files.items() if re.search(pattern, text)]


def unprotected(files: dict[str, str]) -> Iterator[str]:
    """The datasets, tables and secrets that Terraform would delete. Views hold no rows."""
    for name, text in files.items():
        blocks = re.findall(
            r'^resource "(google_(?:bigquery_dataset|bigquery_table|secret_manager_secret))" "(\w+)" \{\n(.*?)^\}',
            text,
            re.M | re.S,
        )
        for kind, label, body in blocks:
            is_view = re.search(r"^  view \{", body, re.M) is not None
            if not is_view and not re.search(r"prevent_destroy\s*=\s*true", body):
                yield f"{name}: {kind}.{label}"


@pytest.mark.parametrize("wrong", FORBIDDEN)
def test_it_is_nowhere(wrong: str) -> None:
    assert found_in(FILES, FORBIDDEN[wrong]) == []


def test_a_secrets_value_would_be_found() -> None:
    fault = FILES | {
        "x.tf": 'resource "google_secret_manager_secret_version" "x" {\n  secret_data = "x"\n}\n'
    }

    assert found_in(fault, FORBIDDEN["a secret's value, which would be in the state"]) == ["x.tf"]


def test_datasets_tables_and_secrets_are_never_destroyed() -> None:
    assert list(unprotected(FILES)) == []


def test_a_table_without_protection_would_be_found() -> None:
    path = "terraform/modules/metadata/main.tf"
    fault = {path: FILES[path].replace("prevent_destroy = true", "prevent_destroy = false")}

    assert list(unprotected(fault)) == [
        f"{path}: google_bigquery_dataset.metadata",
        f"{path}: google_bigquery_table.tables",
    ]


def test_everybody_is_named_in_one_file_only() -> None:
    assert found_in(FILES, r'"all(Users|AuthenticatedUsers)"') == ["terraform/grants.tf"]
