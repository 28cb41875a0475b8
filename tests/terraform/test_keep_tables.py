"""`scripts/keep_tables.py`, with a stand-in for terraform that keeps its state in a file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stage import ROOT

_TERRAFORM = """
import json, sys
from pathlib import Path
state = Path(sys.argv[1])
if sys.argv[2:] == ["show", "-json"]:
    print(state.read_text())
elif sys.argv[2:4] == ["state", "rm"]:
    state.with_suffix(".removed").write_text("\\n".join(sys.argv[4:]))
else:
    sys.exit(3)
"""


def resource(address: str, identity: str) -> dict[str, object]:
    """As `terraform show -json` says it."""
    kind = address.split("[", maxsplit=1)[0].split(".")[-2]
    return {"address": address, "mode": "managed", "type": kind, "values": {"id": identity}}


STATE = {
    "values": {
        "root_module": {
            "resources": [],
            "child_modules": [
                {
                    "resources": [
                        resource(
                            "module.metadata.google_bigquery_dataset.metadata", "projects/p/datasets/metadata"
                        ),
                        resource("module.metadata.google_bigquery_dataset_iam_member.metadata", "a grant"),
                        resource('module.metadata.google_bigquery_table.tables["api_keys"]', "projects/p/x"),
                    ],
                    "child_modules": [
                        {
                            "resources": [
                                resource("module.a.module.b.google_secret_manager_secret.t", "projects/p/s")
                            ]
                        }
                    ],
                },
                {"resources": [resource("module.source.google_storage_bucket.source", "bucket")]},
            ],
        }
    }
}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A file with Terraform's state."""
    file = tmp_path / "state.json"
    file.write_text(json.dumps(STATE))
    (tmp_path / "terraform.py").write_text(_TERRAFORM)
    return file


def keep(state: Path, answer: str) -> "subprocess.CompletedProcess[str]":
    """The script, answered."""
    terraform = [sys.executable, str(state.parent / "terraform.py"), str(state)]
    return subprocess.run(
        [sys.executable, "scripts/keep_tables.py", "--imports", str(state.with_suffix(".tf")), *terraform],
        cwd=ROOT,
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )


def test_datasets_tables_and_secrets_are_forgotten_and_nothing_else(state: Path) -> None:
    kept = keep(state, "yes\n")

    assert kept.returncode == 0, kept.stderr
    assert state.with_suffix(".removed").read_text().splitlines() == [
        "module.metadata.google_bigquery_dataset.metadata",
        'module.metadata.google_bigquery_table.tables["api_keys"]',
        "module.a.module.b.google_secret_manager_secret.t",
    ]


def test_a_file_is_left_that_takes_them_back(state: Path) -> None:
    keep(state, "yes\n")

    assert (
        'import {\n  to = module.metadata.google_bigquery_table.tables["api_keys"]\n  id = "projects/p/x"\n}\n'
        in state.with_suffix(".tf").read_text()
    )


@pytest.mark.parametrize("answer", ["y\n", "no\n", ""])
def test_any_other_answer_changes_nothing(state: Path, answer: str) -> None:
    refused = keep(state, answer)

    assert refused.returncode == 1
    assert not state.with_suffix(".removed").exists()
    assert not state.with_suffix(".tf").exists()


def test_a_state_without_any_needs_no_answer(state: Path) -> None:
    state.write_text("{}")

    assert keep(state, "").returncode == 0


def test_terraforms_failure_is_told(state: Path) -> None:
    state.unlink()

    failed = keep(state, "yes\n")

    assert failed.returncode == 1
    assert "Terraform failed, see above" in failed.stderr
