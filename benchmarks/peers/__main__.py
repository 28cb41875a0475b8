"""`make bench-peers`: the same work with others, in turn with ours, and where we lose.

A peer that can't be installed or fails is said to, and ends nobody else's turn.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import requests

from benchmarks import report, rows
from benchmarks.figure import MeasureError
from benchmarks.machine import Machine, this_machine
from benchmarks.peers import standings
from benchmarks.peers.contest import Counts, Result
from benchmarks.peers.environments import PINS
from benchmarks.peers.players import OUR_READER, OURS, Loaded, load_files, play_runs

RUNNERS = ("dbos", "prefect", "dagster", "airflow")
LOADERS = (OUR_READER, "dlt", "duckdb")
_FAILURES = (MeasureError, requests.RequestException, subprocess.SubprocessError, OSError, ValueError)
T = TypeVar("T")


@dataclass(frozen=True)
class Sizes:
    """How much of everything, and in how many rounds."""

    rounds: int
    counts: Counts
    file_rows: tuple[int, ...]


FULL = Sizes(rounds=2, counts=Counts(3, 20, 50), file_rows=(100_000, 1_000_000))
QUICK = Sizes(rounds=1, counts=Counts(1, 3, 5), file_rows=(20_000,))


@dataclass
class Told(Generic[T]):
    """What came of each player's rounds, and why a player has none."""

    rounds: dict[str, list[T]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def main() -> int:
    """Let everybody have their turns; 1 if anybody failed."""
    arguments = _arguments()
    sizes, machine = (QUICK if arguments.quick else FULL), this_machine()
    title = machine.sentence + (report.QUICKLY if arguments.quick else "")
    print(title, flush=True)
    report.FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=report.FOLDER) as name:
        folder, files = Path(name), Path(name) / "files"

        def runs(player: str, place: Path) -> Result:
            return play_runs(player, place, files=files, counts=sizes.counts)

        ran = _turns(_players(RUNNERS, arguments.only), runs, sizes.rounds, folder=folder / "runs")
        paths = [
            rows.charges(files, count, written_as=each) for count in sizes.file_rows for each in rows.FORMATS
        ]

        def loads(player: str, place: Path) -> Loaded:
            return load_files(player, place, files=paths)

        loaded = _turns(_players(LOADERS, arguments.only), loads, sizes.rounds, folder=folder / "loads")
    _tell(ran, loaded, machine, title=title)
    return 1 if ran.reasons or loaded.reasons else 0


def _players(peers: tuple[str, ...], only: list[str]) -> list[str]:
    wanted = [peer for peer in peers if peer in only]
    return [OURS, *wanted] if wanted else []


def _turns(players: list[str], take: Callable[[str, Path], T], rounds: int, *, folder: Path) -> Told[T]:
    """Round after round, everybody in turn; who failed once is not asked again."""
    told: Told[T] = Told()
    for number in range(1, rounds + 1):
        for player in players:
            if player in told.reasons:
                continue
            print(f"  {folder.name}, round {number}: {player}", flush=True)
            try:
                told.rounds.setdefault(player, []).append(take(player, folder / f"{player}_{number}"))
            except _FAILURES as error:
                told.reasons[player] = str(error).replace("\n", " ")
                told.rounds.pop(player, None)
                print(f"    failed: {error}", flush=True)
    return told


def _tell(ran: Told[Result], loaded: Told[Loaded], machine: Machine, *, title: str) -> None:
    runs = {player: standings.run_measures(rounds) for player, rounds in ran.rounds.items()}
    loads = {player: standings.load_measures(rounds) for player, rounds in loaded.rounds.items()}
    parts = _parts(runs, loads, run_reasons=ran.reasons, load_reasons=loaded.reasons)
    text = "\n\n".join([title, *parts]) + "\n"
    # Some of them don't replace what was measured of all.
    are_all = {*RUNNERS, *LOADERS} <= {*ran.rounds, *ran.reasons, *loaded.rounds, *loaded.reasons}
    name = "peers" if are_all else "peers_parts"
    page, record = report.FOLDER / f"{name}.md", report.FOLDER / f"{name}.json"
    page.write_text(text, encoding="utf-8")
    kept = {
        "machine": asdict(machine),
        "pins": PINS,
        "runs": runs,
        "loads": loads,
        "failed": {**ran.reasons, **loaded.reasons},
    }
    record.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    print(f"\n{text}\nKept in {page} and {record}")


def _parts(
    runs: dict[str, standings.Measures],
    loads: dict[str, dict[str, tuple[float, float]]],
    *,
    run_reasons: dict[str, str],
    load_reasons: dict[str, str],
) -> Iterator[str]:
    lost: list[str] = []
    if runs or run_reasons:
        yield f"**Runs of three steps**\n\n{standings.run_table(runs, run_reasons)}"
        lost += standings.losses(runs) if OURS in runs else []
    if loads or load_reasons:
        yield f"**A file into a typed table: seconds, peak memory**\n\n{standings.load_table(loads, load_reasons)}"
        lost += standings.load_losses(loads) if OURS in loads else []
    yield "**Where we lose**\n\n" + ("\n".join(lost) or "Nowhere, in this contest.")


def _arguments() -> argparse.Namespace:
    everybody = [*RUNNERS, *LOADERS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few runs and small files")
    parser.add_argument("--only", nargs="+", choices=everybody, default=everybody, metavar="PEER")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
