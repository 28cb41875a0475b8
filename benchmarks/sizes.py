"""How much is measured: a quick pass of about a minute, or a full one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Counts of everything. A thing that would take longer than `patience_seconds` is left out, and said to be."""

    warm_up_runs: int
    latency_runs: int
    burst_runs: int
    history_runs: tuple[int, ...]
    history_calls: int
    read_rows: tuple[int, ...]
    read_times: int
    place_rows: int
    ingest_rows: tuple[int, ...]
    rule_counts: tuple[int, ...]
    ruled_rows: int
    checked_rows: int
    cold_starts: int
    patience_seconds: float


FULL = Sizes(
    warm_up_runs=5,
    latency_runs=50,
    burst_runs=100,
    history_runs=(10, 100, 1_000, 100_000),
    history_calls=10,
    read_rows=(1_000_000, 10_000_000),
    read_times=3,
    place_rows=100_000,
    ingest_rows=(100_000, 1_000_000, 10_000_000),
    rule_counts=(1, 10, 50),
    ruled_rows=100_000,
    checked_rows=1_000_000,
    cold_starts=5,
    patience_seconds=300,
)
QUICK = Sizes(
    warm_up_runs=2,
    latency_runs=8,
    burst_runs=10,
    history_runs=(10, 100, 1_000),
    history_calls=3,
    read_rows=(100_000,),
    read_times=2,
    place_rows=10_000,
    ingest_rows=(20_000,),
    rule_counts=(1, 10, 50),
    ruled_rows=10_000,
    checked_rows=100_000,
    cold_starts=1,
    patience_seconds=20,
)
