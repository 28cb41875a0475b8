"""Who may import what, who may read the environment, and what a cold start pays for."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import EVERYTHING, PRODUCTION, ROOT, modules

_READS_NO_SETTING = "shared/sources/rest_api/reading/rows.py"
"""It only tells dlt, by the variable that dlt reads, that nothing is to be reported."""


@pytest.mark.slow
def test_imports_go_down_only() -> None:
    linted = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert linted.returncode == 0, linted.stdout


def test_only_settings_reads_the_environment() -> None:
    readers = [
        module.path
        for module in modules(*PRODUCTION)
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]

    assert set(readers) - {_READS_NO_SETTING} == {"shared/settings.py"}


def test_imports_are_absolute_and_packages_are_empty() -> None:
    relative = [
        module.path
        for module in modules(*EVERYTHING)
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    filled = [m.path for m in modules(*EVERYTHING) if m.path.endswith("__init__.py") and m.text]

    assert (relative, filled) == ([], [])


@pytest.mark.slow
def test_health_does_not_pay_for_google_or_any_other_vendor() -> None:
    names = _loaded_by("import main; main.health")

    vendors = ("google.cloud.", "google.api_core", "grpc", "dlt", "pyarrow", "yaml", "sqlglot", "requests")
    assert [name for name in names if name.startswith(vendors)] == []
    assert "functions.health.main" in names
    assert "shared.wiring" not in names


def test_what_watches_the_platform_does_not_pay_for_what_the_platform_does() -> None:
    names = _loaded_by("import local.run")

    others = ("google.cloud.", "cryptography", "duckdb", "pydantic", "ssl", "email", "http.client")
    assert [name for name in names if name.startswith(others)] == []
    assert "local.supervisor" in names


def _loaded_by(statements: str) -> list[str]:
    asked = (
        f"import json, sys; {statements};"
        "print(json.dumps([name for name in sys.modules if hasattr(sys.modules[name], '__file__')]))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names: list[str] = json.loads(loaded.stdout)
    return names


@pytest.mark.slow
def test_an_entry_point_that_is_not_there_is_named() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", "import main; main.helth"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "has no entry point 'helth'; it has health, runs, triggers, executor" in asked.stderr
