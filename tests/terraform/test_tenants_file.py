"""Terraform reads tenants.json as `convergence validate --write` wrote it, and none that is older than the folders."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stage import ROOT
from tests.terraform.workbench import Workbench, build_workbench, needs_terraform, write_tenants_file

_MODULE = "terraform/modules/tenants"
_EXAMPLE = ROOT / _MODULE / "tests/configs/two"
_START = """
mock_provider "google" {}
mock_provider "time" {}

variables {
  project     = "my-project"
  schemas_dir = "../../../shared/schemas"
}
"""
_RUN = """
run "RUN" {
  command = COMMAND
  variables { configs_dir = "CONFIGS" }
}
"""
_ODD = {
    "Globex/.hidden/x.yml": "",
    "Globex/sources/.x.yml.swp": "",
    "Globex/files/rows/a.csv": "a,b\r\n",
    "Globex/tests/daily.yml": "tests: []\n",
    "Globex/README.md": "line ends of another system\r\nand none at the end",
    "templates/.x": "",
    "README.md": "beside the folders",
    ".github/x.yml": "",
}


def example(folder: Path, files: dict[str, str] | None = None) -> Path:
    """The module's example with some files more, and its tenants.json."""
    shutil.copytree(_EXAMPLE, folder)
    for name, text in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    write_tenants_file(folder)
    return folder


def planned(bench: Workbench, configs: Path, *, after: Path | None = None) -> str:
    """What Terraform says of a plan, if need be after an apply of other folders."""
    runs = _RUN.replace("RUN", "plan").replace("COMMAND", "plan").replace("CONFIGS", str(configs))
    if after is not None:
        first = _RUN.replace("RUN", "first").replace("COMMAND", "apply").replace("CONFIGS", str(after))
        runs = first + runs
    (bench.root / _MODULE / "tests/file.tftest.hcl").write_text(_START + runs)
    said = bench.test(_MODULE, only="file")
    # What follows is about the end of the test, which may not destroy what was applied.
    plan = said.stderr.split("Terraform encountered an error destroying resources")[0]
    return " ".join(f"{said.stdout}\n{plan}".replace("│", "").split())


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


@needs_terraform
def test_a_new_folder_and_a_new_file_onboard_a_tenant(tmp_path: Path) -> None:
    before, configs = example(tmp_path / "before"), example(tmp_path / "configs")
    shutil.copytree(configs / "Globex", configs / "initech_003")
    write_tenants_file(configs)

    said = planned(build_workbench(tmp_path), configs, after=before)

    assert 'run "first"... pass run "plan"... pass' in said


STALE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file changed": (
        lambda configs: (configs / "Globex/tenant.yml").write_text("display_name: Other\n"),
        "CONFIGS/Globex: is not as it was when CONFIGS/tenants.json was written.",
    ),
    "a file is new": (
        lambda configs: (configs / "Globex/sources/x.yml").write_text(""),
        "CONFIGS/Globex: is not as it was when CONFIGS/tenants.json was written.",
    ),
    "a file is called otherwise": (
        lambda configs: (configs / "acme_corp_001/transforms/one.sql").rename(
            configs / "acme_corp_001/transforms/two.sql"
        ),
        "CONFIGS/acme_corp_001: is not as it was when CONFIGS/tenants.json was written.",
    ),
    "a template changed": (
        lambda configs: (configs / "templates/sources/unused.yml").write_text(""),
        "CONFIGS/templates: is not as it was when CONFIGS/tenants.json was written.",
    ),
    "the templates are gone": (
        lambda configs: remove(configs / "templates"),
        "CONFIGS/templates: is not as it was when CONFIGS/tenants.json was written.",
    ),
    "a tenant is new": (
        lambda configs: shutil.copytree(configs / "Globex", configs / "initech_003"),
        "CONFIGS/initech_003: CONFIGS/tenants.json does not know of this folder.",
    ),
    "a tenant is gone": (
        lambda configs: remove(configs / "Globex"),
        "CONFIGS/Globex: there is no such folder, but CONFIGS/tenants.json knows of it.",
    ),
}


@needs_terraform
def test_a_file_of_the_folders_as_they_are_is_taken(tmp_path: Path) -> None:
    configs = example(tmp_path / "configs", _ODD)
    shutil.move(configs / "Globex/sources", tmp_path / "elsewhere")
    (configs / "Globex/sources").symlink_to(tmp_path / "elsewhere")
    shutil.move(configs / "acme_corp_001/tenant.yml", tmp_path / "tenant.yml")
    (configs / "acme_corp_001/tenant.yml").symlink_to(tmp_path / "tenant.yml")
    bench = build_workbench(tmp_path)

    assert 'run "plan"... pass' in planned(bench, configs)

    # Nobody reads these: a plan goes on without a new file.
    (configs / "acme_corp_001/secrets/openai_key.txt").write_text("another")
    (configs / "Globex/files/rows/a.csv").write_text("c,d\n")
    (configs / "Globex/tests/daily.yml").write_text("tests:\n")
    (configs / "Globex/.hidden/x.yml").write_text("x")
    assert 'run "plan"... pass' in planned(bench, configs)

    (tmp_path / "elsewhere/own_source.yml").write_text("type: files\n")
    assert f"{configs}/Globex: is not as it was" in planned(bench, configs)


@needs_terraform
@pytest.mark.parametrize("change", STALE)
def test_a_stale_file_ends_the_plan_with_the_tenant_and_the_command(change: str, tmp_path: Path) -> None:
    configs = example(tmp_path / "configs")
    changed, complaint = STALE[change]
    changed(configs)

    said = planned(build_workbench(tmp_path), configs)

    assert 'run "plan"... fail' in said
    assert complaint.replace("CONFIGS", str(configs)) in said
    assert said.count(f"{configs}/") == complaint.count("CONFIGS")
    assert "Write the file anew and commit it with the folders: convergence validate --write" in said


@needs_terraform
@pytest.mark.parametrize("text", [None, "<<<<<<< HEAD\n{}", "{}", '{"format": 2, "tenants": {}}'])
def test_no_file_ends_the_plan_before_anything_is_taken_for_gone(text: str | None, tmp_path: Path) -> None:
    before, configs = example(tmp_path / "before"), example(tmp_path / "configs")
    (configs / "tenants.json").unlink()
    if text is not None:
        (configs / "tenants.json").write_text(text)

    said = planned(build_workbench(tmp_path), configs, after=before)

    assert 'run "first"... pass' in said
    assert f"There is no {configs}/tenants.json, or it is not one of this release" in said
    assert "Write it and commit it with the folders: convergence validate --write" in said
    assert "prevent_destroy" not in said
