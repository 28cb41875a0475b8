"""Who may have a data folder, and when."""

import os
import signal
import subprocess
import sys
import textwrap
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
        child = subprocess.Popen(["sleep", "1"], pass_fds=[lock], stdout=subprocess.DEVNULL)
        print(child.pid, flush=True)
        signal.pause()
"""


def test_a_killed_platform_s_folder_is_free_once_its_last_process_is_gone(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(OWNER), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        orphan = int(owner.stdout.readline())
        owner.kill()
        owner.wait()
        assert is_alive(orphan)

        with hold_folder(tmp_path):
            was_left_alone = is_alive(orphan)

    assert not was_left_alone


def test_a_killed_platform_that_nobody_asks_about_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(OWNER), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        orphan = int(owner.stdout.readline())
        # We, its parent, don't wait for it: its number is taken until we do.
        os.kill(owner.pid, signal.SIGKILL)
        eventually(lambda: not is_alive(owner.pid))
        os.kill(owner.pid, 0)
        said: list[str] = []

        with hold_folder(tmp_path, say=said.append):
            was_left_alone = is_alive(orphan)

    assert not was_left_alone
    assert said in ([], ["Waiting for the processes of an earlier platform to end …"])


def test_a_running_platform_s_folder_is_refused_and_its_process_named(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(OWNER), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()

        with pytest.raises(StartError, match=f"process {owner.pid}"), hold_folder(tmp_path):
            pass

        owner.kill()


def test_a_folder_that_was_let_go_can_be_had_again(tmp_path: Path) -> None:
    with hold_folder(tmp_path):
        pass

    with hold_folder(tmp_path) as lock:
        assert lock > 0
