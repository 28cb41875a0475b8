"""Everybody who takes part: we on our platform, a peer as a program in its own environment."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from benchmarks import rows
from benchmarks.figure import MeasureError
from benchmarks.ingest import ingest_file
from benchmarks.peers import work
from benchmarks.peers.contest import POLL_SECONDS, Counts, Result, play
from benchmarks.peers.environments import python_of
from benchmarks.stage import ROOT, running_platform
from benchmarks.tenant import THREE_STEP_ROWS, THREE_STEPS, onboarded, write_tenant

OURS = "ours"
OUR_READER = "upload"
_MOST_SECONDS = 1800
Loaded = dict[Path, tuple[float, float]]
"""Seconds and peak MB by file."""


def play_runs(player: str, folder: Path, *, files: Path, counts: Counts) -> Result:
    """The runs of three steps. Raises MeasureError if they can't be done, or left no rows."""
    folder.mkdir(parents=True)
    if player == OURS:
        tenant = write_tenant(folder / "configs", files=files)
        with running_platform(folder / "data", configs=tenant.configs) as stage:
            caller = onboarded(stage)
            return play(
                counts,
                start=lambda _: caller.post(THREE_STEPS),
                finish=lambda run_id: caller.finish(run_id, every=POLL_SECONDS),
                root=stage.pid,
            )
    file = rows.charges(files, THREE_STEP_ROWS, written_as="ndjson")
    numbers = [str(number) for number in (counts.warm_up, counts.latency, counts.burst)]
    told = _program(
        player, ["--folder", str(folder), "--file", str(file), "--counts", *numbers], folder=folder
    )
    expected, done = counts.warm_up + counts.latency + counts.burst, work.count_done(folder)
    if done != expected:
        raise MeasureError(f"{done} of {expected} runs left rows")
    return Result(**told)


def load_files(player: str, folder: Path, *, files: list[Path]) -> Loaded:
    """Each file into a table that was empty. Raises MeasureError if one can't be."""
    if player == OURS:
        return _load_ours(folder, files)
    loaded: Loaded = {}
    for number, file in enumerate(files):
        place = folder / str(number)
        place.mkdir(parents=True)
        arguments = ["--folder", str(place), "--file", str(file), "--format", file.suffix.removeprefix(".")]
        told = _program(player, arguments, folder=place)
        if told["rows"] != _count_of(file):
            raise MeasureError(f"{told['rows']} rows of {file.name} arrived")
        loaded[file] = told["seconds"], told["peak_mb"]
    return loaded


def _load_ours(folder: Path, files: list[Path]) -> Loaded:
    tenant = write_tenant(folder / "configs", files=files[0].parent)
    with running_platform(folder / "data", configs=tenant.configs) as stage:
        caller = onboarded(stage)
        loaded: Loaded = {}
        for file in files:
            written_as = file.suffix.removeprefix(".")
            seconds, peaks = ingest_file(stage, caller, tenant, path=file, written_as=written_as)
            loaded[file] = seconds, peaks.get("executor", 0) + peaks.get("bigquery", 0)
    return loaded


def _count_of(file: Path) -> int:
    return int(file.stem.rpartition("_")[2])


def _program(peer: str, arguments: list[str], *, folder: Path) -> dict[str, Any]:
    """What the peer's program tells on its last line."""
    command = [str(python_of(peer)), "-m", f"benchmarks.peers.{peer}_peer", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    printed = folder / "printed.txt"
    with printed.open("w", encoding="utf-8") as output:
        # A group of its own, so that a peer that hangs can be ended with all that it started.
        child = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            status: int | None = child.wait(_MOST_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(child)
    lines = printed.read_text("utf-8", errors="replace").strip().splitlines() or [""]
    if status != 0:
        raise MeasureError(f"ended with {status}: {lines[-1][:300]}")
    told: dict[str, Any] = json.loads(lines[-1])
    return told


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Whatever is left of the peer: nothing, where it ended well."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    child.wait()
