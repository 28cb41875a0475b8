"""The Cloud build installs what pyproject.toml says."""

import tomllib

from tests.stage import ROOT


def test_requirements_txt_is_the_list_of_dependencies() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]

    lines = (ROOT / "requirements.txt").read_text().splitlines()

    assert [line for line in lines if not line.startswith("#")] == declared


def test_the_lock_names_no_registry() -> None:
    lines = (ROOT / "requirements-dev.lock").read_text().splitlines()

    assert [line for line in lines if "://" in line or line.startswith("-")] == []
