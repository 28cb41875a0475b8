"""`convergence validate`."""

import subprocess
import sys
from pathlib import Path

from tests.fakes.acme import FILES
from tests.unit.cli.command_line import command_line

WRONG = {
    **FILES,
    "umbrella/tenant.yml": "display_nam: Umbrella\n",
    "umbrella/sources/charges.yml": "type: files\nformat: csv\n",
    "globex/sources/charges.yml": "type: files\npath: a.csv\nformat: csv\n",
    "not-a-tenant/tenant.yml": "display_name: X\n",
}


def test_files_that_are_right_are_no_problem(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("validate")

    assert (result.exit_code, result.stdout) == (0, "0 problems in 2 tenants\n")


def test_every_problem_of_every_tenant_is_told_with_its_place(tmp_path: Path) -> None:
    result = command_line(tmp_path, files=WRONG).run("validate")

    *problems, count = result.stdout.splitlines()
    assert result.exit_code == 1
    assert {problem.split(" ")[0] for problem in problems} == {
        "configs/globex/tenant.yml:1:1:",
        "configs/not-a-tenant:1:1:",
        "configs/umbrella/sources/charges.yml:1:1:",
        "configs/umbrella/tenant.yml:1:1:",
    }
    assert count == f"{len(problems)} problems in 4 tenants"


def test_only_the_named_tenants_are_checked(tmp_path: Path) -> None:
    result = command_line(tmp_path, files=WRONG).run("validate", "acme", "acme")

    assert (result.exit_code, result.stdout) == (0, "0 problems in 1 tenant\n")


def test_an_unknown_tenant_is_answered_with_the_nearest(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("validate", "acmee")

    assert (result.exit_code, result.stderr) == (
        1,
        "Error: There is no tenant 'acmee'. Did you mean 'acme'?\n",
    )


def test_shared_templates_and_hidden_folders_are_no_tenants(tmp_path: Path) -> None:
    files = {**FILES, "templates/sources/x.yml": "", ".git/config": "", "README.md": "configs"}

    result = command_line(tmp_path, files=files).run("validate")

    assert result.stdout == "0 problems in 2 tenants\n"


def test_an_empty_folder_is_told_with_the_variable_that_names_it(tmp_path: Path) -> None:
    result = command_line(tmp_path, files={}).run("validate")

    assert result.exit_code == 1
    assert f"There are no tenants in {tmp_path / 'configs'}; CONFIGS_DIR says where" in result.stderr


def test_google_is_neither_imported_nor_needed(tmp_path: Path) -> None:
    configs_dir = command_line(tmp_path).configs_dir
    program = (
        "import sys; from click.testing import CliRunner; from cli.main import convergence; "
        "result = CliRunner().invoke(convergence, ['validate']); "
        "print(result.stdout, sorted({'google.api_core', 'google.cloud.bigquery', 'dlt'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"CONFIGS_DIR": str(configs_dir)},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "0 problems in 2 tenants\n []\n"
