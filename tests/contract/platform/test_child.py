"""A child process: started, started again, stopped, and never left behind."""

import fcntl
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from local.child import Child
from local.settings import StartError, free_ports
from tests import plain_http
from tests.patience import eventually


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[Child, int, list[str]]]:
    """A small web server as a child, its port, and what was said about it."""
    said: list[str] = []
    [port] = free_ports(1)
    child = start(["http.server", "--bind", "127.0.0.1", str(port)], port=port, folder=tmp_path, said=said)
    child.await_ready()
    yield child, port, said
    child.stop()


def start(command: list[str], *, port: int, folder: Path, said: list[str], held: Sequence[int] = ()) -> Child:
    return Child(
        "web",
        command,
        port=port,
        ready_path=None,
        environment=dict(os.environ),
        folder=folder,
        output=folder / "web.txt",
        log_file=None,
        say=said.append,
        held=held,
    )


def test_a_killed_child_is_back_on_its_port(web: tuple[Child, int, list[str]]) -> None:
    child, port, said = web
    killed = child.pid

    os.kill(killed, signal.SIGKILL)

    eventually(lambda: child.pid != killed and is_up(port))
    assert said == [f"web (process {killed}) ended with -9; starting it again"]


def test_a_stopped_child_is_gone_and_stays_gone(web: tuple[Child, int, list[str]]) -> None:
    child, port, said = web

    child.stop()

    assert not is_alive(child.pid)
    assert not is_up(port)
    assert said == []


def test_a_child_keeps_what_it_was_given_open_as_long_as_it_lives(tmp_path: Path) -> None:
    [port] = free_ports(1)
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = ["http.server", "--bind", "127.0.0.1", str(port)]
        child = start(command, port=port, folder=tmp_path, said=[], held=[lock.fileno()])
        child.await_ready()

    was_held = not can_be_locked(tmp_path / "lock")
    child.stop()

    assert was_held
    assert can_be_locked(tmp_path / "lock")


def test_a_child_that_nobody_waits_for_is_started_again_all_the_same(tmp_path: Path) -> None:
    [port] = free_ports(1)
    said: list[str] = []
    child = start(["http.server", "--no-such-option"], port=port, folder=tmp_path, said=said)

    child.keep_up()

    eventually(lambda: len(said) > 1)
    child.stop()
    assert "ended with 2; starting it again" in said[0]


def test_a_child_that_cannot_start_leaves_its_last_words(tmp_path: Path) -> None:
    [port] = free_ports(1)
    child = start(["http.server", "--no-such-option"], port=port, folder=tmp_path, said=[])

    with pytest.raises(StartError, match=r"(?s)web did not start.*unrecognized arguments"):
        child.await_ready()
    child.stop()


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    [port] = free_ports(1)
    script = textwrap.dedent(f"""
        import signal
        from pathlib import Path
        from tests.contract.platform.test_child import start
        command = ["http.server", "--bind", "127.0.0.1", "{port}"]
        child = start(command, port={port}, folder=Path({str(tmp_path)!r}), said=[])
        child.await_ready()
        print(child.pid, flush=True)
        signal.pause()
    """)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())

        parent.kill()
        parent.wait()

    eventually(lambda: not is_alive(orphan))


def can_be_locked(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def is_up(port: int) -> bool:
    try:
        return plain_http.get(f"http://127.0.0.1:{port}/").is_success
    except httpx.HTTPError:
        return False


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended but was not asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
