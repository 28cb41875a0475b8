"""What looks at commits and pull requests does what it promises: the very words that pre-commit and GitHub execute."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from cli.main import convergence
from tests.stage import ROOT

BIN = Path(sys.executable).parent
OWN = re.compile(r"(actions|github)/[\w/-]+@v\d+")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of tenants' folders that are not at its root, with a mistake in each of two files."""
    files = {
        "acme/tenant.yml": "display_name: Acme\n",
        "acme/dq_rules/charges.yml": "rules:\n  - {id: has_rows, type: row_cuont}\n",
        "acme/sources/other.yml": "type: files\npath: a.csv\nformat: csv\ncolumns: {a: {type: DATES}}\n",
    }
    for path, text in files.items():
        file = tmp_path / "data/configs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def execute(name: str, checkout: Path) -> subprocess.CompletedProcess[str]:
    """A step of the action as a runner carries it out."""
    (step,) = [step for step in steps() if step.get("name") == name]
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "RUNNER_TEMP": str(checkout)}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=checkout, env={**env, "CONFIGS_DIR": "data/configs"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_hook_checks_all_tenants_whatever_was_changed(checkout: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    name, *arguments = shlex.split(hook["entry"])

    done = CliRunner().invoke(convergence, arguments, env={"CONFIGS_DIR": str(checkout / "data/configs")})

    assert (name, hook["language"], hook["pass_filenames"]) == ("convergence", "python", False)
    assert done.exit_code == 1
    assert "configs/acme/dq_rules/charges.yml:2:26: error CV0104: " in done.stdout
    assert done.stdout.endswith("2 problems in 1 tenant\n")


def test_the_action_annotates_a_pull_request_at_the_repository_s_own_paths(checkout: Path) -> None:
    annotated, told = execute("Validate", checkout), execute("Tell code scanning", checkout)

    assert (annotated.returncode, told.returncode) == (1, 0)
    assert [line.partition("::")[2].partition(",title")[0] for line in annotated.stdout.splitlines()] == [
        "error file=data/configs/acme/dq_rules/charges.yml,line=2,col=26,endColumn=35",
        "error file=data/configs/acme/sources/other.yml,line=4,col=21,endColumn=26",
    ]
    results = json.loads((checkout / "convergence.sarif").read_text())["runs"][0]["results"]
    places = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]
    assert places == ["data/configs/acme/dq_rules/charges.yml", "data/configs/acme/sources/other.yml"]


def test_no_input_is_put_into_a_script_and_every_other_action_is_githubs_own() -> None:
    for step in steps():
        assert "${{" not in step.get("run", "")
        assert "uses" not in step or OWN.fullmatch(step["uses"])
        assert "run" not in step or step["shell"] == "bash"


def test_every_input_is_used_and_described() -> None:
    text = (ROOT / "action.yml").read_text()
    inputs = yaml.safe_load(text)["inputs"]

    assert all(each["description"] and "default" in each for each in inputs.values())
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(inputs)


def steps() -> list[dict[str, Any]]:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    found: list[dict[str, Any]] = action["runs"]["steps"]
    return found
