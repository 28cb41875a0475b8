"""`make demo` tells its story and ends well."""

import subprocess
import sys

from tests.stage import ROOT, TENANT


def test_the_demo_checks_every_figure_and_stops_what_it_started() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local.demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert "Every figure is right." in done.stdout
    assert f"{TENANT}.transformed_data" in done.stdout
    assert "✗" not in done.stdout
