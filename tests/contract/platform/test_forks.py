"""Processes that share what one of them has loaded."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from local.child import Child
from local.errand import Errand
from local.forks import Fork, Forks
from local.settings import StartError, free_ports
from tests.contract.platform.test_child import is_alive, is_up
from tests.patience import PATIENCE_SECONDS, eventually

ENDLESS = "import signal\nprint('begun', flush=True)\nsignal.pause()\n"


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    folder = tmp_path_factory.mktemp("forks")
    started = Forks(environment=dict(os.environ), folder=folder, output=folder / "forks.txt")
    yield started
    started.close()


def start(forks: Forks, tmp_path: Path, source: str) -> Fork:
    """A fork that runs this and prints to a pipe; return when its first line is there, if it prints one."""
    (tmp_path / "program.py").write_text(source)
    with (tmp_path / "errors.txt").open("ab") as errors:
        return forks.start([str(tmp_path / "program.py"), "an argument"], stdout=None, stderr=errors)


def read(fork: Fork) -> str:
    assert fork.stdout is not None
    return fork.stdout.readline()


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("1 / 0", 1),
        ("import os; os.kill(os.getpid(), 9)", -9),
    ],
)
def test_a_fork_ends_with_the_status_of_its_program(
    forks: Forks, tmp_path: Path, source: str, status: int
) -> None:
    fork = start(forks, tmp_path, source)

    assert fork.wait(PATIENCE_SECONDS) == status
    fork.close()


def test_a_traceback_goes_where_the_errors_go(forks: Forks, tmp_path: Path) -> None:
    fork = start(forks, tmp_path, "1 / 0")

    fork.wait(PATIENCE_SECONDS)

    assert "ZeroDivisionError" in (tmp_path / "errors.txt").read_text()
    fork.close()


def test_a_fork_is_a_program_of_its_own_but_for_what_is_loaded(forks: Forks, tmp_path: Path) -> None:
    script = """
        import os, sys
        names = [name for name in ("google.cloud.bigquery", "pandas", "numpy") if name in sys.modules]
        print(sys.argv[1:], __name__, os.getsid(0) == os.getpid(), names)
    """
    fork = start(forks, tmp_path, script.replace("\n        ", "\n"))

    assert read(fork) == "['an argument'] __main__ True ['google.cloud.bigquery']\n"
    fork.wait(PATIENCE_SECONDS)
    fork.close()


def test_terminate_reaches_the_program(forks: Forks, tmp_path: Path) -> None:
    fork = start(forks, tmp_path, ENDLESS)
    read(fork)

    fork.terminate()

    assert fork.wait(PATIENCE_SECONDS) == -signal.SIGTERM
    fork.close()


def test_a_fork_ends_when_its_tether_does(forks: Forks, tmp_path: Path) -> None:
    fork = start(forks, tmp_path, ENDLESS)
    read(fork)

    fork.stdin.close()

    assert fork.wait(PATIENCE_SECONDS) == -signal.SIGTERM
    fork.close()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc, which Linux has")
def test_a_list_of_processes_shows_the_program(forks: Forks, tmp_path: Path) -> None:
    fork = start(forks, tmp_path, ENDLESS)
    read(fork)

    shown = Path(f"/proc/{fork.pid}/cmdline").read_text().rstrip("\0").split("\0")

    fork.kill()
    fork.wait(PATIENCE_SECONDS)
    fork.close()
    assert shown[-2:] == [str(tmp_path / "program.py"), "an argument"]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs /proc, which Linux has")
def test_the_memory_of_what_is_loaded_is_shared(forks: Forks, tmp_path: Path) -> None:
    fork = start(forks, tmp_path, ENDLESS)
    read(fork)

    held = Path(f"/proc/{fork.pid}/smaps_rollup").read_text()

    fork.kill()
    fork.wait(PATIENCE_SECONDS)
    fork.close()
    sizes = {name: int(size) for name, size in re.findall(r"^(\w+): +(\d+) kB", held, re.M)}
    assert sizes["Private_Dirty"] < sizes["Rss"] / 4


def test_when_the_server_is_killed_its_forks_end_and_the_next_one_is_forked_by_another(
    forks: Forks, tmp_path: Path
) -> None:
    orphan = start(forks, tmp_path, ENDLESS)
    read(orphan)

    os.kill(parent_of(orphan.pid), signal.SIGKILL)

    assert orphan.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    eventually(lambda: not is_alive(orphan.pid))
    orphan.close()
    follower = start(forks, tmp_path, "print('here')")
    assert read(follower) == "here\n"
    follower.wait(PATIENCE_SECONDS)
    follower.close()


def test_a_child_that_was_forked_is_back_when_it_or_the_server_is_killed(
    forks: Forks, tmp_path: Path
) -> None:
    [port] = free_ports(1)
    child = Child(
        "web",
        ["http.server", "--bind", "127.0.0.1", str(port)],
        port=port,
        ready_path=None,
        environment={},
        folder=tmp_path,
        output=tmp_path / "web.txt",
        log_file=None,
        say=lambda _: None,
        forks=forks,
    )
    child.await_ready()

    for is_server in (False, True):
        before = child.pid
        os.kill(parent_of(before) if is_server else before, signal.SIGKILL)
        eventually(partial(is_back, child, before, port))

    child.stop()
    assert not is_up(port)


def test_an_errand_yields_what_it_printed(forks: Forks, tmp_path: Path) -> None:
    (tmp_path / "errand.py").write_text("print('one')\nprint('two')\n")

    errand = Errand(
        [str(tmp_path / "errand.py")], forks=forks, output=tmp_path / "out.txt", trouble="Trouble"
    )

    assert errand.await_end() == ["one", "two"]


def test_an_errand_that_fails_is_told_with_its_words(forks: Forks, tmp_path: Path) -> None:
    (tmp_path / "errand.py").write_text("raise SystemExit('because')\n")

    errand = Errand(
        [str(tmp_path / "errand.py")], forks=forks, output=tmp_path / "out.txt", trouble="Trouble"
    )

    with pytest.raises(StartError, match="Trouble:\nbecause"):
        errand.await_end()


def test_a_server_that_cannot_start_is_told_with_its_words(tmp_path: Path) -> None:
    (tmp_path / "local.py").write_text("raise ImportError('spoiled')\n")
    forks = Forks(environment=dict(os.environ), folder=tmp_path, output=tmp_path / "forks.txt")

    with (tmp_path / "errors.txt").open("wb") as errors, pytest.raises(StartError, match="spoiled"):
        forks.start(["http.server"], stdout=errors, stderr=errors)


def is_back(child: Child, before: int, port: int) -> bool:
    return child.pid != before and is_up(port) and not is_alive(before)


def parent_of(pid: int) -> int:
    """Who forked it."""
    shown = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(shown.stdout)
