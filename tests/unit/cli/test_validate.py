"""`convergence validate`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.acme import FILES
from tests.stage import ROOT
from tests.unit.cli.command_line import command_line

WRONG = {
    **FILES,
    "umbrella/tenant.yml": "display_nam: Umbrella\n",
    "umbrella/sources/charges.yml": "type: files\nformat: csv\n",
    "globex/sources/charges.yml": "type: files\npath: a.csv\nformat: csv\n",
    "not-a-tenant/tenant.yml": "display_name: X\n",
}
REST = (
    "type: rest_api\n"
    "client: {base_url: https://api.example.com/, auth: {type: bearer, token: {secret: KEY}}}\n"
    "resource_defaults: {endpoint: {data_selector: data, paginator: single_page}}\n"
    "resources: [charges]\n"
)


def test_files_that_are_right_are_no_problem(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("validate")

    assert (result.exit_code, result.stdout) == (0, "0 problems in 2 tenants\n")


def test_every_problem_of_every_tenant_is_told_with_its_place(tmp_path: Path) -> None:
    result = command_line(tmp_path, files=WRONG).run("validate")

    *lines, count = result.stdout.splitlines()
    problems = [line for line in lines if line.startswith("configs/")]
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


@pytest.mark.slow
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


def test_the_tenants_file_is_written_beside_the_folders(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run("validate", "--write")

    file = line.configs_dir / "tenants.json"
    assert (result.exit_code, result.stdout) == (
        0,
        f"Wrote {file}; commit it together with the folders\n0 problems in 2 tenants\n",
    )
    assert list(json.loads(file.read_text())["tenants"]) == ["acme", "umbrella"]
    assert [path.name for path in line.configs_dir.iterdir() if path.name.startswith(".")] == []


def test_it_is_the_same_when_it_is_written_again(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    line.run("validate", "--write")
    before = (line.configs_dir / "tenants.json").read_bytes()

    line.run("validate", "--write")

    assert (line.configs_dir / "tenants.json").read_bytes() == before
    assert line.run("validate", "--check").stdout == "0 problems in 2 tenants\n"


def test_it_is_not_written_where_something_is_wrong(tmp_path: Path) -> None:
    line = command_line(tmp_path, files=WRONG)

    result = line.run("validate", "--write")

    assert result.exit_code == 1
    assert "Wrote" not in result.stdout
    assert not (line.configs_dir / "tenants.json").exists()


def test_names_that_clash_are_found_when_it_is_written(tmp_path: Path) -> None:
    files = {
        "acme/tenant.yml": "display_name: A\n",
        "acme/sources/api.yml": REST.replace("KEY", "corp_key"),
        "acme_corp/tenant.yml": "display_name: B\n",
        "acme_corp/sources/api.yml": REST.replace("KEY", "key"),
    }

    result = command_line(tmp_path, files=files).run("validate", "--write")

    assert result.exit_code == 1
    assert (
        "configs/acme:1:1: error CV0004: its secret corp_key would be called acme_corp_key" in result.stdout
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("acme/tenant.yml", "display_name: Other\n"),
        ("globex/tenant.yml", "display_name: Globex\n"),
        ("templates/sources/x.yml", "type: files\n"),
        ("tenants.json", "{}"),
    ],
)
def test_a_stale_tenants_file_is_a_problem_if_asked_for(path: str, text: str, tmp_path: Path) -> None:
    line = command_line(tmp_path)
    line.run("validate", "--write")
    (line.configs_dir / path).parent.mkdir(parents=True, exist_ok=True)
    (line.configs_dir / path).write_text(text)

    result = line.run("validate", "--check")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        "configs/tenants.json:1:1: error CV0003: is not what the folders say; Terraform reads it. "
        "Write it: convergence validate --write"
    )
    assert line.run("validate", "acme").exit_code == 0


def test_a_missing_tenants_file_is_a_problem_if_asked_for(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run("validate", "--check")

    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        1,
        (
            "configs/tenants.json:1:1: error CV0003: is not there; Terraform reads it. "
            "Write it: convergence validate --write"
        ),
    )
    assert line.run("validate").exit_code == 0


@pytest.mark.parametrize(("option", "wrong"), [("--write", "can't be written"), ("--check", "can't be read")])
def test_a_folder_in_the_place_of_the_tenants_file_is_told(option: str, wrong: str, tmp_path: Path) -> None:
    line = command_line(tmp_path)
    (line.configs_dir / "tenants.json").mkdir()

    result = line.run("validate", option)

    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        1,
        f"configs/tenants.json:1:1: error CV0003: {wrong}: is a directory",
    )
    assert not (line.configs_dir / ".tenants.json.part").exists()


@pytest.mark.parametrize("option", ["--write", "--check"])
def test_the_tenants_file_is_not_for_some(option: str, tmp_path: Path) -> None:
    result = command_line(tmp_path).run("validate", "acme", option)

    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: tenants.json holds all tenants; leave the names out: convergence validate {option}\n",
    )


@pytest.mark.parametrize(
    "configs", ["configs", "terraform/tests/configs", "terraform/modules/tenants/tests/configs/two"]
)
def test_the_committed_tenants_files_are_what_the_folders_say(configs: str, tmp_path: Path) -> None:
    line = command_line(tmp_path, files={})
    line.configs_dir = ROOT / configs

    result = line.run("validate", "--check")

    assert (result.exit_code, result.stdout.splitlines()[1:]) == (0, [])
