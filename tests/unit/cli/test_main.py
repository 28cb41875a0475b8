"""The command itself: help, version, speed."""

import subprocess
import sys

from click.testing import CliRunner

from cli.main import convergence

_WITHOUT_THE_REST = """
import sys
from click.testing import CliRunner
from cli.main import convergence

result = CliRunner().invoke(convergence, ["--help"])
slow = {"google.cloud.bigquery", "google.api_core", "flask", "sqlglot", "pydantic", "rich"} & set(sys.modules)
print(result.exit_code, sorted(slow))
"""


def test_help_lists_every_command_in_the_order_of_a_first_day() -> None:
    result = CliRunner().invoke(convergence, ["--help"])

    listed = result.stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == [
        "init",
        "tenant",
        "key",
        "run",
        "plan",
        "runs",
        "backfill",
        "backfills",
        "files",
        "quarantine",
        "cursors",
        "validate",
        "test",
        "diff",
        "explain",
        "schema",
    ]


def test_help_is_there_at_once_because_nothing_slow_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_THE_REST], capture_output=True, text=True, check=True
    )

    assert done.stdout == "0 []\n"


def test_every_command_has_a_help_of_its_own() -> None:
    commands = [
        ["init"],
        ["tenant", "add"],
        ["tenant", "list"],
        ["key", "create"],
        ["key", "list"],
        ["key", "revoke"],
        ["run"],
        ["runs", "list"],
        ["runs", "show"],
        ["runs", "cancel"],
        ["runs", "rerun"],
        ["backfill"],
        ["backfills", "show"],
        ["backfills", "cancel"],
        ["files"],
        ["cursors"],
        ["validate"],
        ["explain"],
        ["schema"],
    ]

    results = [CliRunner().invoke(convergence, [*command, "-h"]) for command in commands]

    assert [result.exit_code for result in results] == [0] * len(commands)
    assert all(result.stdout.startswith("Usage:") for result in results)


def test_the_version_is_the_package_s() -> None:
    result = CliRunner().invoke(convergence, ["--version"])

    assert result.stdout.startswith("convergence, version ")


def test_a_misspelt_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(convergence, ["tenants"])

    assert result.exit_code == 2
    assert "No such command 'tenants'" in result.stderr
