"""Folders that are gone when whoever uses them is, however that ended."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from shared.temporary_folder import temporary_folder

LONG_AGO = 1_000_000_000
KILLED_WITHIN = """
import os, signal, sys
from shared.temporary_folder import temporary_folder

with temporary_folder("spool-") as folder:
    (folder / "rows").write_text("1")
    print(folder, flush=True)
    if sys.argv[1] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the others are below, in a machine's folder for temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"convergence-{os.getuid()}"


def aged(folder: Path) -> Path:
    os.utime(folder, (LONG_AGO, LONG_AGO))
    return folder


def test_a_folder_is_there_for_as_long_as_it_is_used(place: Path) -> None:
    with temporary_folder("spool-") as folder:
        (folder / "rows").write_text("1")

        assert folder.parent == place
        assert folder.name.startswith("spool-")

    assert list(place.iterdir()) == []


def test_a_folder_is_removed_also_when_its_use_fails(place: Path) -> None:
    with pytest.raises(KeyError), temporary_folder("spool-"):
        raise KeyError

    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_behind_is_removed_by_the_next(place: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WITHIN, "killed"], capture_output=True, text=True, check=False
    )
    left = aged(Path(killed.stdout.strip()))
    assert (left / "rows").read_text() == "1"

    with temporary_folder("spool-") as folder:
        assert list(place.iterdir()) == [folder]


def test_the_folder_of_a_living_process_stays_however_old_it_is(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_WITHIN, "living"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as living:
        assert living.stdout is not None
        other = aged(Path(living.stdout.readline().strip()))

        with temporary_folder("spool-") as own, temporary_folder("spool-") as second:
            assert set(place.iterdir()) == {other, own, second}
            aged(own)
            with temporary_folder("spool-"):
                assert own.is_dir()
        living.communicate("")

    assert list(place.iterdir()) == []


def test_a_folder_that_is_only_just_made_stays(place: Path) -> None:
    young = place / "spool-young"
    young.mkdir(parents=True)

    with temporary_folder("spool-"):
        assert young.is_dir()


def test_folders_with_other_names_and_files_stay(place: Path) -> None:
    place.mkdir()
    (place / "spool-file").write_text("1")
    aged(place / "spool-file")
    other = place / "source-1"
    other.mkdir()
    aged(other)

    with temporary_folder("spool-"):
        pass

    assert sorted(path.name for path in place.iterdir()) == ["source-1", "spool-file"]


def test_what_others_keep_beside_them_stays(place: Path) -> None:
    others = place.parent / "spool-of-somebody"
    others.mkdir()
    aged(others)

    with temporary_folder("spool-"):
        pass

    assert others.is_dir()


def test_a_link_in_place_of_the_folder_is_not_followed(place: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place.symlink_to(elsewhere)

    with pytest.raises(PermissionError, match="not a folder of this user's"), temporary_folder("spool-"):
        pass

    assert list(elsewhere.iterdir()) == []
