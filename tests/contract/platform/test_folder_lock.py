"""Who may have a data folder, and when."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from local.folder_lock import hold_folder
from local.settings import StartError
from tests.contract.platform.test_child import is_alive
from tests.patience import eventually

OWNER = """
    import signal
    import subprocess
    import sys
    from pathlib import Path
    from local.folder_lock import hold_folder
    with hold_folder(Path(sys.argv[1])) as lock:
        child = subprocess.Popen(["sleep", "600"], pass_fds=[lock], stdout=subprocess.DEVNULL)
        print(child.pid, flush=True)
        signal.pause()
"""
WAITING = "Waiting for the processes of an earlier platform to end …"


@contextmanager
def an_owner(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A process that holds the folder, and the number of one that it shares the folder with and that lives on."""
    command = [sys.executable, "-c", textwrap.dedent(OWNER), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        try:
            yield owner, child
        finally:
            owner.kill()
            end(child)


def end(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def test_a_killed_platform_s_folder_is_free_once_its_last_process_is_gone(tmp_path: Path) -> None:
    said: list[str] = []
    with an_owner(tmp_path) as (owner, orphan):
        owner.kill()
        owner.wait()

        def end_the_orphan(words: str) -> None:
            said.append(words)
            end(orphan)

        with hold_folder(tmp_path, say=end_the_orphan):
            was_waited_for = said == [WAITING]

    assert was_waited_for


def test_a_killed_platform_that_nobody_asks_about_holds_nothing(tmp_path: Path) -> None:
    with an_owner(tmp_path) as (owner, orphan):
        # We, its parent, don't wait for it: its number is taken until we do.
        os.kill(owner.pid, signal.SIGKILL)
        eventually(lambda: not is_alive(owner.pid))
        os.kill(owner.pid, 0)
        end(orphan)

        with hold_folder(tmp_path) as lock:
            assert lock > 0


def test_a_running_platform_s_folder_is_refused_and_its_process_named(tmp_path: Path) -> None:
    with (
        an_owner(tmp_path) as (owner, _),
        pytest.raises(StartError, match=f"process {owner.pid}"),
        hold_folder(tmp_path),
    ):
        pass


def test_a_folder_that_was_let_go_can_be_had_again(tmp_path: Path) -> None:
    with hold_folder(tmp_path):
        pass

    with hold_folder(tmp_path) as lock:
        assert lock > 0
