"""`python -m local.tether MODULE ARGUMENTS…`: run a module as a child that ends when its parent does.

The parent holds the other end of standard input. However the parent dies, kill -9 included, the operating system
closes that end; no orphan stays behind to hold a port.
"""

import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Sequence

_SECONDS_TO_END_WELL = 3.0


def run_tethered(command: Sequence[str]) -> None:
    """Run a module, or a file that ends in .py, with its arguments as the program; see `end_with_parent`."""
    end_with_parent()
    program = command[0]
    sys.argv = list(command)
    if program.endswith(".py"):
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)


def end_with_parent() -> None:
    """Watch standard input from a thread; at its end stop this process, gently and then for sure."""
    threading.Thread(target=_await_end, daemon=True).start()


def _await_end() -> None:
    while os.read(sys.stdin.fileno(), 1):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_SECONDS_TO_END_WELL)
    os._exit(1)


if __name__ == "__main__":
    run_tethered(sys.argv[1:])
