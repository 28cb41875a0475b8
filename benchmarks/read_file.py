"""Reads one file as an ingest step does, up to the bytes that its upload is given, and tells what that took.

A process of its own, so that its memory is that of this reading alone.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.processes import forget_peaks, peak_mb
from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.files.rows import read_written_files
from shared.domain.json_lines import RowOrLines
from shared.domain.source import FilesSource
from shared.steps.row_lines import RowShape, zipped_lines

COLUMNS = frozenset(
    ["charge_id", "usage_date", "service", "project", "cost", "currency", "resource", "started_at"]
)
GIVEN = {
    "tenant_id": "bench",
    "pipeline_id": "bench/ingest/charges",
    "run_id": "20260101-7d4e5c1a-7f0e-4a55-9c1e-1234567890ab",
    "ingestion_date": "2026-01-01",
    "created_at": "2026-01-01T00:00:00+00:00",
}


def read_file(file: Path, *, written_as: str, columns: frozenset[str] | None) -> int:
    """How many rows it gave: whole ones, as raw_data takes them, or those of a typed table."""
    source = FilesSource.model_validate({"type": "files", "path": file.name, "format": written_as})
    files = DiskFiles(file.parent.parent, None).find(file.parent.name, (file.name,))
    return count_written(read_written_files(source, files), columns=columns)


def count_written(rows: Iterable[RowOrLines], *, columns: frozenset[str] | None) -> int:
    """How many rows there were, once all are written for an upload."""
    count = 0

    def at_row(number: int) -> None:
        nonlocal count
        count = number

    for _ in zipped_lines(rows, shape=RowShape(given=GIVEN, columns=columns, tells_file=True), at_row=at_row):
        pass
    return count


def tell_reading(read: Callable[[], int]) -> None:
    """Print how many rows `read` gave, and what it took."""
    forget_peaks(os.getpid())
    began, used = time.monotonic(), time.process_time()
    rows = read()
    figures = {
        "rows": rows,
        "seconds": time.monotonic() - began,
        "cpu_seconds": time.process_time() - used,
        "peak_mb": sum(peak_mb(os.getpid()).values()),
    }
    print(json.dumps(figures), flush=True)


def main() -> None:
    """Read the file of the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--format", required=True)
    parser.add_argument("--typed", action="store_true")
    told = parser.parse_args()
    columns = COLUMNS if told.typed else None
    tell_reading(lambda: read_file(told.file, written_as=told.format, columns=columns))


if __name__ == "__main__":
    main()
