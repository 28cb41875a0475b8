"""Files into a typed table: how quick, and how much memory the executor and the warehouse need for it."""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import rows
from benchmarks.figure import Figure
from benchmarks.place_servers import BUCKET, put_objects
from benchmarks.processes import forget_peaks, peak_mb
from benchmarks.report import number
from benchmarks.sizes import Sizes
from benchmarks.stage import Caller, Stage
from benchmarks.tenant import TENANT, Tenant

GROUP = "Files into a typed table"
_POLL_SECONDS = 0.1
_WATCHED = ("executor", "bigquery")
_MOST_SECONDS = 1800


def ingest(stage: Stage, caller: Caller, tenant: Tenant, *, files: Path, sizes: Sizes) -> Iterator[Figure]:
    """Every size in every format, each into an empty table. A format that got too slow is not tried any larger."""
    taken: dict[str, float] = {}
    for count in sizes.ingest_rows:
        for written_as in rows.FORMATS:
            what = f"{count:,} rows, {rows.FORMATS[written_as]}"
            forecast = taken.get(written_as, 0) * 10
            if forecast > sizes.patience_seconds:
                yield Figure(GROUP, what, None, "rows/s", note=f"left out: would take about {forecast:.0f} s")
                continue
            path = rows.charges(files, count, written_as=written_as)
            seconds, peaks = ingest_file(stage, caller, tenant, path=path, written_as=written_as)
            taken[written_as] = seconds
            note = f"{seconds:.1f} s, {number(path.stat().st_size / 1e6)} MB of file; {_peaks(peaks)}"
            yield Figure(GROUP, what, count / seconds, "rows/s", note=note)
    count = sizes.ingest_rows[:2][-1]
    path = rows.typed_charges(files, count)
    put_objects(stage.env["STORAGE_EMULATOR_HOST"], [path])
    seconds, peaks = ingest_file(
        stage, caller, tenant, path=path, written_as="parquet", at=f"gs://{BUCKET}/{path.name}"
    )
    yield Figure(
        GROUP,
        f"{count:,} rows, Parquet of `gs://`, by BigQuery itself",
        count / seconds,
        "rows/s",
        note=f"{seconds:.1f} s, of the stand-in; {_peaks(peaks)}",
    )


def _peaks(peaks: dict[str, float]) -> str:
    return "peaks: " + ", ".join(f"{name} {number(peaks.get(name, 0))} MB" for name in _WATCHED)


def ingest_file(
    stage: Stage, caller: Caller, tenant: Tenant, *, path: Path, written_as: str, at: str | None = None
) -> tuple[float, dict[str, float]]:
    """Seconds from the POST to SUCCESS, and the peak of memory by process; `at` is where else the file is."""
    name = f"{written_as}_{path.stem}"
    tenant.source(name, at or path, written_as=written_as)
    pipeline = tenant.ingest_pipeline(name, source=name, table="bulk")
    stage.client().query_and_wait(f"TRUNCATE TABLE {TENANT}.bulk")
    forget_peaks(stage.pid)
    began = time.monotonic()
    caller.finish(caller.post(pipeline), every=_POLL_SECONDS, seconds=_MOST_SECONDS)
    return time.monotonic() - began, peak_mb(stage.pid)
