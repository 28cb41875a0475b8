"""Output on screens that lack characters, and into pipes that nobody reads."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[3]
SAY = "from shared.streams import take_every_character; take_every_character(); "
CONVERGENCE = "from cli.main import main; main()"


def python(
    code: str, *arguments: str, variables: Mapping[str, str], stdout: int = subprocess.PIPE
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"PYTHONIOENCODING": "ascii"}, b"\\xe9 ... ok x # \\U0001f642 \\udce9\n"),
        (
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            b"\\xe9 ... ok x # \\U0001f642 \\udce9\n",
        ),
        ({"PYTHONIOENCODING": "latin-1"}, b"\xe9 ... ok x # \\U0001f642 \\udce9\n"),
        ({"PYTHONIOENCODING": "utf-8"}, "é … ✓ ✗ █ 🙂 \\udce9\n".encode()),
    ],
)
def test_what_a_screen_lacks_is_written_otherwise(variables: dict[str, str], expected: bytes) -> None:
    line = r"'\xe9 \u2026 \u2713 \u2717 \u2588 \U0001f642 \udce9'"

    printed = python(
        f"{SAY} import click; print({line}, flush=True); click.echo({line})", variables=variables
    )

    assert (printed.returncode, printed.stdout, printed.stderr) == (0, expected * 2, b"")


def test_the_command_line_tells_of_any_file_on_an_ascii_screen(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/tenant.yml").write_text("display_name: Ärger\nnam€: x\n", encoding="utf-8")
    (tmp_path / "acme/ünused.yml").touch()
    variables = {"CONFIGS_DIR": str(tmp_path), "PYTHONIOENCODING": "ascii"}

    told = python(CONVERGENCE, "validate", variables=variables)
    unknown = python(CONVERGENCE, "validate", "tenänt", variables=variables)

    assert (told.returncode, told.stderr) == (1, b"")
    acme = f"{tmp_path.name}/acme".encode()
    assert told.stdout.splitlines() == [
        acme + b"/tenant.yml:2:1: error CV0101: nam\\u20ac: 'nam\\u20ac' is not a known key; "
        b"use one of display_name, location, limits",
        b"   2 | nam\\u20ac: x",
        b"     | ^^^^^^^",
        b"     = docs/problems.md#cv0101",
        acme + b"/\\xfcnused.yml:1:1: error CV0002: is not a part of a tenant's folder",
        b"     = docs/problems.md#cv0002",
        b"2 problems in 1 tenant",
    ]
    assert (unknown.returncode, unknown.stderr) == (
        1,
        b"Error: There is no tenant 'ten\\xe4nt'. There is acme\n",
    )


@pytest.mark.parametrize("arguments", [["schema", "pipeline"], ["validate"], ["--help"]])
def test_a_pipe_that_is_closed_ends_a_command_without_a_word(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/tenant.yml").write_text("display_name: Acme\n", encoding="utf-8")
    read_end, write_end = os.pipe()
    os.close(read_end)

    ended = python(CONVERGENCE, *arguments, variables={"CONFIGS_DIR": str(tmp_path)}, stdout=write_end)
    os.close(write_end)

    assert (ended.returncode, ended.stderr) == (1, b"")


def test_a_table_in_a_closed_pipe_ends_a_command_without_a_word() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)

    code = "from cli.screen import build_table, open_console; "
    ended = python(
        f"{SAY}{code}open_console().print(build_table(['é'], [['ü']] * 9999))", variables={}, stdout=write_end
    )
    os.close(write_end)

    assert (ended.returncode, ended.stderr) == (1, b"")


def test_a_log_line_is_json_on_any_stream() -> None:
    code = "from shared.log import log; log('said', reason='caf\\xe9 \\udce9')"

    printed = python(code, variables={"PYTHONIOENCODING": "ascii"})

    assert printed.stderr == b""
    assert json.loads(printed.stdout)["reason"] == "café \udce9"


def test_the_platform_goes_on_where_nobody_reads_what_it_says() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)

    ended = python("from local.run import say; say('Starting'); say('on')", variables={}, stdout=write_end)
    os.close(write_end)

    assert (ended.returncode, ended.stderr) == (0, b"")
