"""A network without a way out, as `make test` and the demo's test have it."""

import subprocess
import sys

import pytest

from tests.offline import WHY_NOT, can_enter
from tests.stage import ROOT

pytestmark = pytest.mark.skipif(not can_enter(), reason=WHY_NOT)


def run_offline(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.offline", sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_name_that_somebody_asks_for_is_told_and_is_a_failure() -> None:
    script = (
        "import contextlib, socket\n"
        "with contextlib.suppress(OSError):\n"
        "    socket.getaddrinfo('iamcredentials.googleapis.com', 443)\n"
    )

    done = run_offline(script)

    assert (done.returncode, done.stderr) == (1, "Somebody asked for iamcredentials.googleapis.com.\n")


def test_an_address_off_this_machine_is_not_reached() -> None:
    done = run_offline("import socket; socket.create_connection(('192.0.2.1', 443), timeout=60)")

    assert done.stderr.endswith("Network is unreachable\n")


def test_this_machine_and_names_that_lead_nowhere_are_no_failure() -> None:
    script = (
        "import contextlib, socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(('localhost', server.getsockname()[1]))\n"
        "with contextlib.suppress(OSError):\n"
        "    socket.getaddrinfo('executor.example', 443)\n"
    )

    done = run_offline(script)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_status_is_that_of_the_command() -> None:
    assert run_offline("raise SystemExit(3)").returncode == 3
