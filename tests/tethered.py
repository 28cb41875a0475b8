"""Processes that end when the tests do, however these end: well, by Ctrl-C or by kill -9."""

import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]


def start_module(module: str, *arguments: str, **options: Any) -> "subprocess.Popen[Any]":
    """`python -m module`, which holds a pipe from us as its standard input and ends with it (see local/tether.py).

    Whoever stops it closes that pipe then, and not before: by `stop` or `ended`, or at a `with` block's end.
    """
    command = [sys.executable, "-m", "local.tether", module, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, **{"cwd": _ROOT, **options})


def stop(process: "subprocess.Popen[Any]") -> None:
    """End it if it still runs, and let go of its pipes."""
    process.terminate()
    process.wait()
    with process:
        """Closes them."""


def ended(process: "subprocess.Popen[Any]") -> tuple[Any, Any]:
    """What it printed, which is not much, on both its outputs, once it has ended by itself."""
    process.wait()
    return process.communicate()
