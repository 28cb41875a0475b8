"""The file people source."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.environment import child_environment, shell_environment, write_shell_file
from local.settings import isolated_settings


def test_a_shell_that_sources_the_file_has_every_value_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "env"
    write_shell_file(file, {"PLAIN": "x", "ODD": "a b'c\"$HOME`d`"})

    script = '. "$1"; printf "%s\\n" "$PLAIN" "$ODD" "$PATH"'
    shell = subprocess.run(
        ["/bin/sh", "-c", script, "sh", str(file)],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    binaries = Path(sys.executable).parent
    assert shell.stdout.splitlines() == ["x", "a b'c\"$HOME`d`", f"{binaries}:/usr/bin:/bin"]


def test_the_functions_are_told_how_long_they_may_take_and_a_shell_is_not(tmp_path: Path) -> None:
    settings = isolated_settings(tmp_path, configs_dir=tmp_path)

    functions = child_environment(settings)
    shell = shell_environment(settings, {})

    names = ("EXECUTOR_BUDGET_SECONDS", "STALE_AFTER_SECONDS")
    assert [functions[name] for name in names] == ["45", "60"]
    assert [name for name in names if name in shell] == []


def test_memory_is_kept_in_few_heaps_unless_the_caller_says_how_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = isolated_settings(tmp_path, configs_dir=tmp_path)
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    few = child_environment(settings)
    monkeypatch.setenv("MALLOC_ARENA_MAX", "7")
    own = child_environment(settings)

    assert [each["MALLOC_ARENA_MAX"] for each in (few, own)] == ["2", "7"]
