"""What the benchmarks say of their figures."""

import os
import subprocess
import sys

import pytest

from benchmarks.figure import Aim, Figure, percentile
from benchmarks.peers.contest import Counts, Result, play
from benchmarks.peers.standings import losses, run_measures
from benchmarks.processes import cpu_seconds, held_mb, spent, tree
from benchmarks.report import markdown, number


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (95, 4.0), (25, 1.0), (100, 4.0)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], percent) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.000506, "0.000506"), (1.234, "1.23"), (12.34, "12.3"), (123_456.7, "123,457")],
)
def test_a_number_shows_three_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "aim", "cell"),
    [
        (250.0, Aim(300), "at most 300 ms: met"),
        (301.0, Aim(300), "at most 300 ms: **missed**"),
        (8.0, Aim(8, "at least"), "at least 8.00 ms: met"),
        (None, Aim(300), "at most 300 ms"),
    ],
)
def test_a_bound_stands_beside_its_figure(value: float | None, aim: Aim, cell: str) -> None:
    page = markdown([Figure("Runs", "p50", value, "ms", aim)], title="Today")

    assert f"| {cell} |" in page


def test_everything_in_which_a_peer_is_better_is_told() -> None:
    ours = run_measures([result(latency=0.2, cpu=1.0, burst_seconds=10)])
    peer = run_measures([result(latency=0.1, cpu=2.0, burst_seconds=5)])

    told = list(losses({"ours": ours, "dbos": peer}))

    assert told == [
        "- DBOS, one at a time, p50, ms: 100 against 200, 2.0 times",
        "- DBOS, p95, ms: 100 against 200, 2.0 times",
        "- DBOS, burst, runs/s: 2.00 against 1.00, 2.0 times",
    ]


def result(*, latency: float, cpu: float, burst_seconds: float) -> Result:
    return Result([latency], cpu, burst_runs=10, burst_seconds=burst_seconds, burst_cpu_seconds=10 * cpu)


def test_everybody_does_as_many_runs_as_are_counted() -> None:
    started: list[str] = []
    finished: list[str] = []

    def start(run: str) -> str:
        started.append(run)
        return run

    played = play(Counts(1, 2, 3), start=start, finish=finished.append, root=os.getpid())

    assert (len(played.latencies), played.burst_runs) == (2, 3)
    assert started == finished == ["warm-up-0", "latency-0", "latency-1", "burst-0", "burst-1", "burst-2"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_what_a_child_computed_counts_also_after_its_end() -> None:
    before = cpu_seconds(os.getpid())

    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.2: pass"], check=True)

    # Ticks are hundredths, and each of two kinds of them is cut off.
    assert sum(spent(before, cpu_seconds(os.getpid())).values()) > 0.1


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_process_is_known_by_the_part_of_the_platform_that_it_runs() -> None:
    # The program is not the platform's: what counts is what the command line says.
    command = [sys.executable, "-c", "input()", "-m", "local.tether", "local.bigquery"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        names = {process.name for process in tree(child.pid)}
        held = held_mb(child.pid)
        child.communicate(b"\n")

    assert names == {"bigquery"}
    assert held["bigquery"] > 0
