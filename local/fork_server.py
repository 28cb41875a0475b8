"""`python -m local.fork_server FD`: a process that has loaded what the functions load, and forks them.

So that is loaded once, not once for each of them, and its memory is shared until somebody writes to it. Asked over a
socket, the file FD, by local/forks.py: a line of JSON each way.

    {"run": ["local.gateway", "--port", …]}, with the files that become 0, 1 and 2, and others to be kept
                                -> {"pid": 12}, and when it has ended {"ended": 12, "status": -9}
    {"signal": 15, "pid": 12}   -> {"pid": 12}
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module

from local.process_title import set_title
from local.tether import run_tethered
from local.without_packages import do_without

_LOADED = (
    *(f"functions.{name}.main" for name in ("health", "runs", "triggers", "executor", "reconciler")),
    "functions_framework",
    "google.auth.transport.requests",
    "google.cloud.bigquery",
    "google.cloud.pubsub_v1",
    "local.http_server",
    "local.identity.endpoint",
    "local.pubsub.server",
    "local.storage.server",
    "shared.adapters.google_http",
    "shared.wiring",
)
_MOST_FILES = 8
_LONGEST_REQUEST = 65536


def main() -> None:
    """Fork until the socket ends; in a child, be the program that was asked for."""
    asked = socket.socket(fileno=int(sys.argv[1]))
    set_title([sys.executable, "-m", "local.fork_server"])
    _load()
    command = _serve(asked)
    if command is not None:
        run_tethered(command)


def _load() -> None:
    """Import everything, and let the garbage collector leave it alone, which would write to all of it.

    Nothing is collected either: where something was, each process would put its own, and copy the page for it.
    """
    gc.disable()
    # Google's client of BigQuery loads pandas wherever it is, 41 MB and 0.3 s, and Arrow numpy, 10 MB.
    do_without("pandas", "numpy")
    for name in _LOADED:
        # What can't be imported fails again, and tells why, in the program that needs it.
        with suppress(Exception):
            import_module(name)
    gc.freeze()
    gc.enable()


def _serve(asked: socket.socket) -> list[str] | None:
    """None at the end of the socket; in each child its command."""
    ended, wakes = socket.socketpair()
    for end in (ended, wakes):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno())
    while True:
        ready, _, _ = select.select([asked, ended], [], [])
        if ended in ready:
            ended.recv(_LONGEST_REQUEST)
            _report_ended(asked)
        if asked not in ready:
            continue
        text, files, _, _ = socket.recv_fds(asked, _LONGEST_REQUEST, _MOST_FILES)
        if not text:
            return None
        request = json.loads(text)
        if "signal" in request:
            # A child that has ended but was not reported yet is still there to be signalled.
            with suppress(ProcessLookupError):
                os.kill(request["pid"], request["signal"])
            _answer(asked, pid=request["pid"])
            continue
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (asked, ended, wakes):
                end.close()
            _settle(request["run"], files)
            command: list[str] = request["run"]
            return command
        for file in files:
            os.close(file)
        _answer(asked, pid=pid)


def _settle(command: list[str], files: list[int]) -> None:
    """Take the first three files for standard input, output and error; a session and a name of our own."""
    os.setsid()
    for place, file in enumerate(files[:3]):
        os.dup2(file, place)
        os.close(file)
    set_title([sys.executable, "-m", *command])


def _report_ended(asked: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _answer(asked, ended=pid, status=os.waitstatus_to_exitcode(status))


def _answer(asked: socket.socket, **answer: int) -> None:
    # Whoever asked may be gone; the socket's end is seen next.
    with suppress(OSError):
        asked.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
