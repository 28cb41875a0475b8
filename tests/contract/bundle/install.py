"""A virtual environment with what the archive's requirements.txt asks for, and nothing else."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from tests.stage import ROOT


def python_with(requirements: Path) -> Path:
    """Its Python. Made once for each content of the file, below build/, because it takes most of a minute."""
    key = hashlib.sha256(sys.version.encode() + requirements.read_bytes()).hexdigest()[:12]
    folder = ROOT / "build" / f"bundle-{key}"
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
    # The only test's need that is met from the internet, for whoever runs the tests without.
    python_with(ROOT / "requirements.txt")
