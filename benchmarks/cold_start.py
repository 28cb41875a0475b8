"""What each function costs to start.

Builds the archive, unpacks it, and loads each entry point from there as functions-framework does, every time in a
process of its own. `loaded` is what an instance costs before its first request, `ready` with the clients that the first
request makes. Seconds are those of the processor, because loading waits for nothing else. The middle of several times
is taken; memory is the most that the process ever held.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, middle
from local.environment import platform_environment
from local.identity.account import keep_account
from local.settings import Settings, isolated_settings
from scripts.build_bundle import ROOT, bundle

GROUP = "Cold start of each function, with its clients"
FUNCTIONS = ("health", "runs", "triggers", "executor", "reconciler")

_MEASURED = """
import json, re, sys, time

def cost():
    # Not getrusage: what the process held before it became this program would count.
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
    return [time.process_time(), int(peak[1]) * 1024 / 1e6]

from functions_framework import create_app

told = [cost()]
create_app(sys.argv[1], "main.py")
told.append(cost())
from shared.wiring import world

world()
told.append(cost())
print(json.dumps(told))
"""


def cold_starts(times: int) -> Iterator[Figure]:
    """Each function, ready for its first request; the note says what it costs without clients."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / "bundle"
        zipfile.ZipFile(io.BytesIO(bundle(ROOT))).extractall(unpacked)
        # Nothing is called: the clients only have to find addresses and a key.
        settings = isolated_settings(Path(folder), configs_dir=unpacked)
        keep_account(settings.credentials, project=settings.project, token_uri=f"{settings.api_url}/token")
        for name in FUNCTIONS:
            bare, loaded, ready = _costs(name, unpacked, settings, times=times)
            note = f"{ready[1]:.0f} MB; without clients {loaded[0]:.2f} s, {loaded[1]:.0f} MB"
            alone = f"; functions-framework alone {bare[0]:.2f} s, {bare[1]:.0f} MB"
            yield Figure(GROUP, f"`{name}`", ready[0], "CPU s", note=note + alone)


def _costs(name: str, unpacked: Path, settings: Settings, *, times: int) -> list[tuple[float, float]]:
    """Seconds and megabytes of: the framework, the function loaded, its clients made."""
    environment = {**os.environ, **platform_environment(settings)}
    runs: list[list[list[float]]] = []
    # Once more than counts: the first one compiles.
    for _ in range(times + 1):
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, name],
            cwd=unpacked, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        runs.append(json.loads(done.stdout))
    return [
        (middle([run[part][0] for run in runs[1:]]), middle([run[part][1] for run in runs[1:]]))
        for part in range(3)
    ]
