"""Faults planted on purpose: each patch here breaks the code, and the test that it names has to notice.

A patch says before its first `diff` line what the fault is (`Fault:`) and which tests must fail (`Caught by:`).
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATCHES = sorted(HERE.glob("*.patch"))
PARTS = ("main.py", "pyproject.toml", "cli", "configs", "functions", "local", "scripts", "shared", "tests")
TESTS_FAILED = 1


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, whose compiled files stay for the next fault."""
    folder = tmp_path_factory.mktemp("project")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    return folder


def said(patch: Path, name: str) -> str:
    found = re.search(rf"^{name}: (.+)$", patch.read_text("utf-8"), flags=re.MULTILINE)
    assert found, f"{patch.name} has no line '{name}: …'"
    return found[1]


def test_there_are_at_least_ten_faults() -> None:
    assert len(PATCHES) >= 10


@pytest.mark.parametrize("patch", PATCHES, ids=lambda path: path.stem)
def test_a_planted_fault_is_caught(patch: Path, project: Path) -> None:
    tests = said(patch, "Caught by").split()
    with planted(patch, project):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests],
            cwd=project,
            env={
                **os.environ,
                # The first that breaks a law ends the search: a fault that shows seldom is found all the same.
                "SCHEDULES": "10000",
                "PYTHONDONTWRITEBYTECODE": "",
                "PYTHONPYCACHEPREFIX": str(project / "compiled"),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == TESTS_FAILED, f"{said(patch, 'Fault')}: nobody noticed\n{done.stdout[-2000:]}"


@contextmanager
def planted(patch: Path, project: Path) -> Iterator[None]:
    """The fault is in the project for as long as the block lasts."""
    # Inside a repository's folders git would take the paths for its own, and silently apply nothing.
    env = {**os.environ, "GIT_CEILING_DIRECTORIES": str(project.parent)}
    subprocess.run(["git", "apply", str(patch)], cwd=project, check=True, env=env)
    try:
        yield
    finally:
        subprocess.run(["git", "apply", "--reverse", str(patch)], cwd=project, check=True, env=env)
