"""A virtual environment with what a requirements.txt asks for, and nothing else: the archive's, or another one."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from tests.stage import ROOT


def environment_of(requirements: Path, *, name: str) -> Path:
    """The folder of the environment."""
    key = hashlib.sha256(sys.version.encode() + requirements.read_bytes()).hexdigest()[:12]
    return ROOT / "build" / f"{name}-{key}"


def python_with(requirements: Path, *, name: str = "bundle") -> Path:
    """Its Python. Made once for each content of the file, below build/, because it takes most of a minute.

    Raises AssertionError where it can't be made, as without a package registry.
    """
    folder = environment_of(requirements, name=name)
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        # Our own pip installs into it, which is quicker than giving it one. What is imported is compiled then.
        venv.create(folder, clear=True, symlinks=True)
        command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile"]
        options = ["--disable-pip-version-check", "--no-input", "-r", str(requirements)]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        ready.touch()
    return python


if __name__ == "__main__":
    # With dbt's environment all that the tests need from the internet, for whoever runs them without.
    python_with(ROOT / "requirements.txt")
