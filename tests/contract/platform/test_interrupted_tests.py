"""A run of the tests that is broken off leaves no process behind."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.platform.test_child import is_alive
from tests.patience import eventually
from tests.stage import ROOT

MARK = "BROKEN_OFF_RUN"
HEEDING = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.main())
"""
"""pytest that heeds Ctrl-C also where a shell runs these tests in the background, and has them ignore it."""
TESTS = '''
    """Two tests that have stand-ins up and never end."""

    import contextlib
    import os
    import select
    import socket
    import subprocess
    from pathlib import Path

    from local.settings import free_ports
    from tests.tethered import start_module


    def begin(module, folder, *more):
        """A stand-in, once it is there."""
        [port] = free_ports(1)
        where = ("--port", str(port), "--data-dir", str(folder))
        process = start_module(module, *where, *more, stdout=subprocess.DEVNULL)
        while process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                return process
            pause(0.02)


    def go_on_for_ever(process):
        Path(os.environ["BROKEN_OFF_RUN"], os.environ["PYTEST_XDIST_WORKER"]).write_text(str(os.getpid()))
        # Not one long pause: a signal that comes just before it would not end it.
        while process.poll() is None:
            pause(0.1)


    def pause(seconds):
        select.select([], [], [], seconds)


    def test_with_bigquery(tmp_path):
        go_on_for_ever(begin("local.bigquery", tmp_path, "--project", "p"))


    def test_with_pubsub(tmp_path):
        go_on_for_ever(begin("local.pubsub", tmp_path))
'''


@contextmanager
def a_run(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """pytest with two workers, each in the midst of a test; a process group of its own, as `make test` is."""
    (folder / "begun").mkdir()
    (folder / "test_endless.py").write_text(textwrap.dedent(TESTS))
    words = ["-q", "-n", "2", "-p", "no:cacheprovider", "-c", "pyproject.toml", str(folder)]
    run = subprocess.Popen(
        [sys.executable, "-c", HEEDING, *words],
        cwd=ROOT,
        # Every process that comes of the run has this in its environment.
        env={**os.environ, MARK: str(folder / "begun")},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        eventually(lambda: len(workers(folder)) == 2 or run.poll() is not None)
        yield run
    finally:
        for pid in processes(folder):
            os.kill(pid, signal.SIGKILL)
        run.wait()


def workers(folder: Path) -> list[int]:
    return [int(file.read_text() or 0) for file in (folder / "begun").iterdir()]


def processes(folder: Path) -> list[int]:
    """Those of the run that are left, whoever their parents are now."""
    mark = f"{MARK}={folder / 'begun'}".encode()
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdecimal() and is_alive(int(each.name)) and mark in environment_of(each):
            found.append(int(each.name))
    return found


def environment_of(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


@pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs /proc, to find the processes of a run"
)
@pytest.mark.parametrize("how", ["ctrl_c", "controller_killed", "workers_killed"])
def test_no_process_outlives_a_run_however_it_is_broken_off(tmp_path: Path, how: str) -> None:
    with a_run(tmp_path) as run:
        # The controller, two workers and two stand-ins at least.
        before = len(processes(tmp_path))

        if how == "ctrl_c":
            os.killpg(run.pid, signal.SIGINT)
        if how == "controller_killed":
            run.kill()
        if how == "workers_killed":
            for pid in [*workers(tmp_path), run.pid]:
                os.kill(pid, signal.SIGKILL)

        eventually(
            lambda: run.poll() is not None and processes(tmp_path) == [], seen=lambda: processes(tmp_path)
        )
    assert before >= 5
