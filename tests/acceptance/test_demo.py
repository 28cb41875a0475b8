"""`make demo` tells its story and ends well, also where there is no way to the internet."""

import subprocess
import sys

import pytest

from tests.offline import WHY_NOT, can_enter
from tests.patience import await_midnight_gone
from tests.stage import ROOT, TENANT


@pytest.fixture(scope="module")
def demo() -> "subprocess.CompletedProcess[str]":
    """What came of it, in a network of its own where there can be one."""
    await_midnight_gone()
    return subprocess.run(
        [sys.executable, "-m", "tests.offline", sys.executable, "-m", "local.demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_demo_checks_every_figure_and_stops_what_it_started(
    demo: "subprocess.CompletedProcess[str]",
) -> None:
    assert "Every figure is right." in demo.stdout, demo.stdout + demo.stderr
    assert f"{TENANT}.transformed_data" in demo.stdout
    assert "✗" not in demo.stdout


@pytest.mark.skipif(not can_enter(), reason=WHY_NOT)
def test_the_demo_asks_for_no_name_off_this_machine(demo: "subprocess.CompletedProcess[str]") -> None:
    assert (demo.stderr, demo.returncode) == ("", 0)
