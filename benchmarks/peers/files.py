"""What whoever loads a file tells: seconds, rows and the most memory. Standard library only."""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.contest import tell
from benchmarks.processes import forget_peaks, peak_mb


@dataclass(frozen=True)
class Load:
    """A file, its format (`ndjson`, `csv` or `parquet`), and a folder to load it into."""

    folder: Path
    file: Path
    written_as: str


def time_load(load: Callable[[Load], int]) -> None:
    """Load the file of the command line once and tell how it went; `load` returns how many rows are there now."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--format", required=True)
    told = parser.parse_args()
    forget_peaks(os.getpid())
    began = time.monotonic()
    rows = load(Load(told.folder, told.file, told.format))
    seconds = time.monotonic() - began
    tell({"rows": rows, "seconds": seconds, "peak_mb": sum(peak_mb(os.getpid()).values())})
