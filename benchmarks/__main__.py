"""`make bench`: measure everything, print tables, and keep them below .local/bench.

What fails is said and ends nothing else.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import requests
from google.api_core.exceptions import GoogleAPIError

from benchmarks import report
from benchmarks.bill import bill
from benchmarks.checks import checks
from benchmarks.cold_start import cold_starts
from benchmarks.figure import Figure, MeasureError
from benchmarks.footprint import footprint, held
from benchmarks.history import history
from benchmarks.ingest import ingest
from benchmarks.machine import this_machine
from benchmarks.places import places
from benchmarks.reading import reading
from benchmarks.runs import burst, latency, warm_up
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.stage import Caller, Stage, running_platform
from benchmarks.tenant import Tenant, onboarded, write_tenant

ON_A_PLATFORM = ("runs", "bill", "ingest", "checks", "history")
PARTS = ("footprint", "reading", "places", *ON_A_PLATFORM, "cold_start")
_FAILURES = (MeasureError, GoogleAPIError, requests.RequestException, subprocess.SubprocessError, OSError)


def main() -> int:
    """Measure the parts that were asked for; 1 if any of them could not be measured."""
    arguments = _arguments()
    machine, figures = this_machine(), []
    title = machine.sentence + (report.QUICKLY if arguments.quick else "")
    print(title, flush=True)
    report.FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=report.FOLDER) as folder:
        for figure in _measured(arguments.only, QUICK if arguments.quick else FULL, Path(folder)):
            figures.append(figure)
            print(f"  {figure.group}: {figure.what}: {report.shown(figure)}  {figure.note}", flush=True)
    text = report.markdown(figures, title=title)
    # Parts don't replace what was measured as a whole.
    name = "bench" if set(arguments.only) == set(PARTS) else "bench_parts"
    page, record = report.write(name, figures, machine, text=text)
    print(f"\n{text}\nKept in {page} and {record}")
    return 1 if any(figure.value is None and figure.note.startswith("failed") for figure in figures) else 0


def _measured(only: list[str], sizes: Sizes, folder: Path) -> Iterator[Figure]:
    configs, files = folder / "configs", folder / "files"
    tenant = write_tenant(configs, files=files)
    if "footprint" in only:
        yield from _tried("footprint", lambda: footprint(folder / "empty", configs=configs))
    if "reading" in only:
        yield from _tried("reading", lambda: reading(files=files, sizes=sizes))
    if "places" in only:
        yield from _tried("places", lambda: places(folder=folder / "places", files=files, sizes=sizes))
    wanted = [part for part in ON_A_PLATFORM if part in only]
    if wanted:
        yield from _tried("platform", lambda: _on_a_platform(wanted, tenant, sizes, folder=folder))
    if "cold_start" in only:
        yield from _tried("cold_start", lambda: cold_starts(sizes.cold_starts))


def _on_a_platform(wanted: list[str], tenant: Tenant, sizes: Sizes, *, folder: Path) -> Iterator[Figure]:
    """The parts that share one platform. History comes last, because the log stays long after it."""
    with running_platform(folder / "data", configs=tenant.configs) as stage:
        caller = onboarded(stage)
        warm_up(caller, sizes)
        files = folder / "files"
        measures: dict[str, Callable[[], Iterator[Figure]]] = {
            "runs": lambda: _runs(stage, caller, sizes),
            "bill": lambda: bill(stage, caller),
            "ingest": lambda: ingest(stage, caller, tenant, files=files, sizes=sizes),
            "checks": lambda: checks(stage, caller, tenant, files=files, sizes=sizes),
            "history": lambda: history(stage, caller, tenant, sizes=sizes),
        }
        for part in wanted:
            yield from _tried(part, measures[part])


def _runs(stage: Stage, caller: Caller, sizes: Sizes) -> Iterator[Figure]:
    yield from latency(stage, caller, sizes)
    yield from burst(stage, caller, sizes)
    yield from held(stage, group=f"`make run`, after {sizes.latency_runs + sizes.burst_runs} runs")


def _tried(part: str, measure: Callable[[], Iterator[Figure]]) -> Iterator[Figure]:
    try:
        yield from measure()
    except _FAILURES as error:
        yield Figure(f"Not measured: {part}", part, None, "", note=f"failed: {error}".replace("\n", " "))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, about a minute")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=f"of {', '.join(PARTS)}"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
