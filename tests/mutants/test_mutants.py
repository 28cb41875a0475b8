"""Faults planted on purpose: each patch here breaks the code, and the test that it names has to notice.

A patch says before its first `diff` line what the fault is (`Fault:`) and which tests must fail (`Caught by:`).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATCHES = sorted(HERE.glob("*.patch"))
PARTS = ("main.py", "pyproject.toml", "cli", "configs", "functions", "local", "scripts", "shared", "tests")
TESTS_FAILED = 1


def copy_of_the_project(folder: Path) -> Path:
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
def test_a_planted_fault_is_caught(patch: Path, tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path)
    tests = said(patch, "Caught by").split()
    subprocess.run(
        ["git", "apply", str(patch)], cwd=project, check=True, env=_outside_any_repository(tmp_path)
    )

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == TESTS_FAILED, f"{said(patch, 'Fault')}: nobody noticed\n{done.stdout[-2000:]}"


def _outside_any_repository(folder: Path) -> dict[str, str]:
    # Inside a repository's folders git would take the paths for its own, and silently apply nothing.
    return {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
