"""A copy of what Terraform reads, to plant faults in, and the terraform command to try it with."""

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.tenants_file import open_tenants_file
from shared.config.reading import TEMPLATES
from tests.stage import ROOT

TERRAFORM = shlex.split(os.environ.get("TERRAFORM", ""))

needs_terraform = pytest.mark.skipif(
    not TERRAFORM,
    reason="TERRAFORM names no terraform command; `make test-terraform` sets it and runs this test",
)


@dataclass(frozen=True)
class Workbench:
    """The copy's root folder."""

    root: Path

    def plant(self, path: str, old: str, fault: str) -> None:
        """Put the fault in the place of the only `old` in the file."""
        file = self.root / path
        text = file.read_text()
        assert text.count(old) == 1, f"{path} has {text.count(old)} times: {old}"
        file.write_text(text.replace(old, fault))

    def test(self, folder: str, *, only: str | None = None) -> "subprocess.CompletedProcess[str]":
        """`terraform test` in a folder of the copy, all of it or only one file's."""
        self.run(folder, "init", "-backend=false", "-no-color").check_returncode()
        chosen = [f"-filter=tests/{only}.tftest.hcl"] if only else []
        return self.run(folder, "test", "-no-color", *chosen)

    def run(self, folder: str, *arguments: str, asked: str = "") -> "subprocess.CompletedProcess[str]":
        """Terraform in a folder of the copy, with something to read on its standard input."""
        return subprocess.run(
            [*TERRAFORM, f"-chdir={self.root / folder}", *arguments],
            cwd=ROOT,
            input=asked,
            capture_output=True,
            text=True,
            check=False,
        )


def build_workbench(folder: Path) -> Workbench:
    """A copy in the folder."""
    ignored = shutil.ignore_patterns(".terraform", "__pycache__")
    shutil.copytree(ROOT / "terraform", folder / "terraform", ignore=ignored)
    shutil.copytree(ROOT / "shared", folder / "shared", ignore=ignored)
    return Workbench(folder)


def write_tenants_file(configs: Path) -> None:
    """tenants.json of the folders there, as `convergence validate --write` writes it."""
    folders = [path.name for path in configs.iterdir() if path.is_dir() and not path.name.startswith(".")]
    file = open_tenants_file(configs, [name for name in folders if name != TEMPLATES])
    file.write(file.build())
