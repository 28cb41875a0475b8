"""The tables of a contest, and where we lose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from benchmarks.figure import middle, percentile
from benchmarks.peers.contest import Result
from benchmarks.peers.players import OUR_READER, OURS, Loaded
from benchmarks.report import number

Measures = Mapping[str, float]


@dataclass(frozen=True)
class Kind:
    """A measure: its heading, and which side of it wins."""

    heading: str
    wins: Literal["less", "more"]


NAMES = {
    OURS: "this platform",
    OUR_READER: "its reader, to the upload",
    "dbos": "DBOS",
    "prefect": "Prefect",
    "dagster": "Dagster",
    "airflow": "Airflow",
    "dlt": "dlt",
    "duckdb": "DuckDB's own reader",
}
RUN_KINDS = {
    "p50_ms": Kind("one at a time, p50, ms", "less"),
    "p95_ms": Kind("p95, ms", "less"),
    "cpu_s": Kind("CPU s a run", "less"),
    "burst_runs_s": Kind("burst, runs/s", "more"),
    "burst_cpu_s": Kind("burst, CPU s a run", "less"),
}


def run_measures(results: list[Result]) -> Measures:
    """One player's rounds, taken together."""
    taken = [seconds for result in results for seconds in result.latencies]
    burst = sum(result.burst_runs for result in results)
    return {
        "p50_ms": percentile(taken, 50) * 1e3,
        "p95_ms": percentile(taken, 95) * 1e3,
        "cpu_s": sum(result.latency_cpu_seconds for result in results) / len(taken),
        "burst_runs_s": burst / sum(result.burst_seconds for result in results),
        "burst_cpu_s": sum(result.burst_cpu_seconds for result in results) / burst,
    }


def load_measures(rounds: list[Loaded]) -> dict[str, tuple[float, float]]:
    """Seconds and peak MB by the file's name: the middle of the rounds."""
    return {
        file.name: (
            middle([loaded[file][0] for loaded in rounds]),
            middle([loaded[file][1] for loaded in rounds]),
        )
        for file in rounds[0]
    }


def run_table(measures: Mapping[str, Measures], reasons: Mapping[str, str]) -> str:
    """A row for each player; one that could not take part says why."""
    heads = "".join(f" {kind.heading} |" for kind in RUN_KINDS.values())
    lines = [f"| |{heads}", f"|---|{'---:|' * len(RUN_KINDS)}"]
    for player, values in measures.items():
        lines.append(f"| {NAMES[player]} |" + "".join(f" {number(values[kind])} |" for kind in RUN_KINDS))
    lines += [f"| {NAMES[player]} | failed: {reason} |" for player, reason in reasons.items()]
    return "\n".join(lines)


def load_table(measures: Mapping[str, dict[str, tuple[float, float]]], reasons: Mapping[str, str]) -> str:
    """A row for each file, a column for each player: seconds, and peak memory."""
    names = list(next(iter(measures.values()), {}))
    lines = [
        "| file |" + "".join(f" {NAMES[player]} |" for player in measures),
        "|---|" + "---:|" * len(measures),
    ]
    for name in names:
        cells = (loaded[name] for loaded in measures.values())
        lines.append(f"| {name} |" + "".join(f" {number(s)} s, {number(mb)} MB |" for s, mb in cells))
    return "\n".join(
        [*lines, "", *(f"- {NAMES[player]} failed: {reason}" for player, reason in reasons.items())]
    )


def losses(measures: Mapping[str, Measures]) -> Iterator[str]:
    """Every measure of runs in which a peer is better than we are, and how many times."""
    ours = measures[OURS]
    for player, values in measures.items():
        for name, kind in RUN_KINDS.items():
            times = ours[name] / values[name] if kind.wins == "less" else values[name] / ours[name]
            if player != OURS and times > 1:
                figures = f"{number(values[name])} against {number(ours[name])}, {times:.1f} times"
                yield f"- {NAMES[player]}, {kind.heading}: {figures}"


def load_losses(measures: Mapping[str, dict[str, tuple[float, float]]]) -> Iterator[str]:
    """Every file that a peer loads in less time."""
    ours = measures[OURS]
    for player, loaded in measures.items():
        for name, (seconds, _) in loaded.items():
            if player not in (OURS, OUR_READER) and seconds < ours[name][0]:
                times = ours[name][0] / seconds
                figures = f"{number(seconds)} s against {number(ours[name][0])} s, {times:.1f} times"
                yield f"- {NAMES[player]}, {name}: {figures}"
