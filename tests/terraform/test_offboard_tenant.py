"""`scripts/offboard-tenant.sh`, with a stand-in for terraform that keeps its state in a file."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stage import ROOT

_TERRAFORM = """
import sys
from pathlib import Path
state = Path(sys.argv[1])
addresses = state.read_text().splitlines()
if sys.argv[2:] == ["state", "list"]:
    print(*addresses, sep="\\n")
elif sys.argv[2:4] == ["state", "rm"]:
    state.write_text("\\n".join(address for address in addresses if address not in sys.argv[4:]))
else:
    sys.exit(3)
"""

_ACME = 'module.tenants.module.tenant["acme"]'
_OTHERS = [
    "module.metadata.google_bigquery_dataset.metadata",
    'module.tenants.google_service_account.tenant["acme"]',
    f"{_ACME}.google_bigquery_dataset_iam_member.tenant[0]",
    f'{_ACME}.google_secret_manager_secret_iam_member.tenant["key"]',
    f'{_ACME}.google_storage_bucket_object.file["acme/tenant.yml"]',
    'module.tenants.module.tenant["acme_corp"].google_bigquery_dataset.tenant',
    'module.tenants.module.tenant["acme_corp"].google_bigquery_table.tenant["raw_data"]',
    'module.tenants.module.tenant["acme_corp"].google_secret_manager_secret.tenant["key"]',
]
_FORGOTTEN = [
    f"{_ACME}.google_bigquery_dataset.tenant",
    f'{_ACME}.google_bigquery_table.tenant["raw_data"]',
    f'{_ACME}.google_bigquery_table.tenant["budgets"]',
    f'{_ACME}.google_secret_manager_secret.tenant["key"]',
]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A file with the addresses that Terraform knows."""
    file = tmp_path / "state"
    file.write_text("\n".join(_OTHERS + _FORGOTTEN))
    (tmp_path / "terraform.py").write_text(_TERRAFORM)
    return file


def offboard(state: Path, tenant_id: str, *, answer: str) -> "subprocess.CompletedProcess[str]":
    """The script, answered."""
    terraform = [sys.executable, str(state.parent / "terraform.py"), str(state)]
    return subprocess.run(
        ["bash", "scripts/offboard-tenant.sh", tenant_id, *terraform],
        cwd=ROOT,
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_holds_the_tenants_data_is_forgotten_and_nothing_else(state: Path) -> None:
    done = offboard(state, "acme", answer="yes\n")

    assert done.returncode == 0, done.stderr
    assert state.read_text().splitlines() == _OTHERS
    assert "Now remove configs/acme and deploy" in done.stdout


@pytest.mark.parametrize("answer", ["", "y\n", "no\n"])
def test_any_other_answer_changes_nothing(state: Path, answer: str) -> None:
    refused = offboard(state, "acme", answer=answer)

    assert refused.returncode == 1
    assert state.read_text().splitlines() == _OTHERS + _FORGOTTEN


def test_a_tenant_that_terraform_does_not_know_is_told(state: Path) -> None:
    refused = offboard(state, "acm", answer="yes\n")

    assert refused.returncode == 1
    assert refused.stderr == "Terraform knows no dataset, table or secret of acm.\n"


@pytest.mark.parametrize("tenant_id", ["", "..", 'acme"]', "metadata; true"])
def test_what_is_no_tenants_id_is_refused(state: Path, tenant_id: str) -> None:
    refused = offboard(state, tenant_id, answer="yes\n")

    assert refused.returncode == 2
    assert refused.stderr == "usage: scripts/offboard-tenant.sh TENANT_ID [TERRAFORM...]\n"
