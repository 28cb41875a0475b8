"""What each function costs to start: `make bench`.

Builds the archive, unpacks it, and loads each entry point from there as functions-framework does, every time in a
process of its own. `loaded` is what an instance costs before its first request, `ready` with the clients that the first
request makes. Seconds are those of the processor, because loading waits for nothing else. The middle of several times
is shown; memory is the most that the process ever held.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from local.environment import platform_environment
from local.identity.account import keep_account
from local.settings import Settings, isolated_settings
from scripts.build_bundle import ROOT, bundle

TIMES = 5
FUNCTIONS = ("health", "runs", "triggers", "executor", "reconciler")

_MEASURED = """
import json, resource, sys, time

def cost():
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return [time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit]

from functions_framework import create_app

told = [cost()]
create_app(sys.argv[1], "main.py")
told.append(cost())
from shared.wiring import world

world()
told.append(cost())
print(json.dumps(told))
"""


def main() -> None:
    """Measure and print a Markdown table."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / "bundle"
        zipfile.ZipFile(io.BytesIO(bundle(ROOT))).extractall(unpacked)
        # Nothing is called: the clients only have to find addresses and a key.
        settings = isolated_settings(Path(folder), configs_dir=unpacked)
        keep_account(settings.credentials, project=settings.project, token_uri=f"{settings.api_url}/token")
        measured = {name: _middle(name, unpacked, settings) for name in FUNCTIONS}
    print("| function | loaded, s | loaded, MB | ready, s | ready, MB |\n|---|---|---|---|---|")
    (bare_s, bare_mb), *_ = measured["health"]
    print(f"| functions-framework alone | {bare_s:.2f} | {bare_mb:.0f} | | |")
    for name, (_, (loaded_s, loaded_mb), (ready_s, ready_mb)) in measured.items():
        print(f"| `{name}` | {loaded_s:.2f} | {loaded_mb:.0f} | {ready_s:.2f} | {ready_mb:.0f} |")


def _middle(name: str, unpacked: Path, settings: Settings) -> list[tuple[float, float]]:
    """Seconds and megabytes of: the framework, the function loaded, its clients made."""
    environment = {**os.environ, **platform_environment(settings)}
    runs: list[list[list[float]]] = []
    # Once more than counts: the first one compiles.
    for _ in range(TIMES + 1):
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, name],
            cwd=unpacked, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        runs.append(json.loads(done.stdout))
    return [
        (
            statistics.median(run[part][0] for run in runs[1:]),
            statistics.median(run[part][1] for run in runs[1:]),
        )
        for part in range(3)
    ]


if __name__ == "__main__":
    main()
