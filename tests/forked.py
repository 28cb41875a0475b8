"""`convergence` and Google's `bq` without their starts, which take a second and more: see tests/forking.py.

What the wrapper of `bq` adds are settings of gcloud's, which ours take the place of. That both work as people start
them is shown by the commands of README.md, which are executed as they stand there.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_FORKING = Path(__file__).with_name("forking.py")


def run_bq(
    arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path
) -> "subprocess.CompletedProcess[str]":
    """What a command of `bq` prints and how it ends."""
    return _run(_bq(), arguments, env=env, cwd=cwd)


def run_convergence(
    arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path
) -> "subprocess.CompletedProcess[str]":
    """What a command of `convergence` prints and how it ends."""
    return _run(_convergence(), arguments, env=env, cwd=cwd)


def _run(
    forking: "subprocess.Popen[str]", arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path
) -> "subprocess.CompletedProcess[str]":
    assert forking.stdin is not None
    assert forking.stdout is not None
    with tempfile.TemporaryDirectory(prefix="command-") as folder:
        out, err = Path(folder) / "stdout", Path(folder) / "stderr"
        asked = {"arguments": list(arguments), "env": dict(env), "cwd": str(cwd)}
        forking.stdin.write(json.dumps(asked | {"stdout": str(out), "stderr": str(err)}) + "\n")
        forking.stdin.flush()
        status = int(forking.stdout.readline())
        return subprocess.CompletedProcess(list(arguments), status, out.read_text(), err.read_text())


@cache
def _convergence() -> "subprocess.Popen[str]":
    return _started([sys.executable, str(_FORKING), "convergence"])


@cache
def _bq() -> "subprocess.Popen[str]":
    command = shutil.which("bq")
    assert command is not None
    platform = Path(command).resolve().parents[1] / "platform"
    bundled = platform / "bundledpythonunix" / "bin" / "python3"
    python = os.environ.get("CLOUDSDK_PYTHON") or (str(bundled) if bundled.exists() else "python3")
    return _started([python, "-S", str(_FORKING), str(platform / "bq" / "bq.py")])


def _started(command: list[str]) -> "subprocess.Popen[str]":
    root = _FORKING.parents[1]
    forking = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    atexit.register(_end, forking)
    return forking


def _end(forking: "subprocess.Popen[str]") -> None:
    with forking:
        """Closes its standard input, and it ends."""
