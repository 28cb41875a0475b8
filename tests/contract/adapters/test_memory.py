"""Rows pass through Python in bounded memory, however many there are."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet

ROOT = Path(__file__).resolve().parents[3]
ROW_COUNT = 400_000
ALLOWED_KILOBYTES = 60_000
GROUP_ROWS = 20_000
# Peak memory of a process that reads the file for an upload, beyond what it needed for the first thousandth of it.
READING = """
import re, sys
from pathlib import Path
from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.files.rows import read_written_files
from shared.domain.source import FilesSource
from shared.steps.row_lines import RowShape, zipped_lines

def read(name):
    source = FilesSource(type="files", path=name, format=name.split(".")[1])
    rows = read_written_files(source, DiskFiles(Path(sys.argv[1]).parent, None).find(Path(sys.argv[1]).name, (name,)))
    counts = []
    for _ in zipped_lines(rows, shape=RowShape(given={}, columns=None), at_row=counts.append):
        del counts[:-1]
    return counts[-1]

def peak():
    # Not getrusage: what this process held before it became this program would count.
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])

read(f"few.{sys.argv[2]}")
before = peak()
print(read(f"many.{sys.argv[2]}"), peak() - before)
"""


def test_a_large_file_needs_hardly_more_memory_than_a_small_one(tmp_path: Path) -> None:
    write_rows(tmp_path / "few.csv", ROW_COUNT // 1000)
    write_rows(tmp_path / "many.csv", ROW_COUNT)

    count, grown = read_both(tmp_path, "csv")

    assert count == ROW_COUNT
    assert grown < ALLOWED_KILOBYTES


def test_many_groups_of_parquet_need_hardly_more_memory_than_a_few(tmp_path: Path) -> None:
    write_groups(tmp_path / "few.parquet", 2)
    write_groups(tmp_path / "many.parquet", 60)

    count, grown = read_both(tmp_path, "parquet")

    assert count == 60 * GROUP_ROWS
    assert grown < ALLOWED_KILOBYTES


def read_both(folder: Path, kind: str) -> tuple[int, int]:
    """The rows of the larger file, and by how many kilobytes the peak grew."""
    done = subprocess.run(
        [sys.executable, "-c", READING, str(folder), kind],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    count, grown = map(int, done.stdout.split())
    return count, grown


def write_groups(path: Path, count: int) -> None:
    """Two megabytes each, which nothing makes smaller."""
    schema = pyarrow.schema([("a", pyarrow.string())])
    with pyarrow.parquet.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for _ in range(count):
            text = os.urandom(GROUP_ROWS * 50).hex()
            values = [text[begin : begin + 100] for begin in range(0, len(text), 100)]
            writer.write_table(pyarrow.table({"a": values}, schema))


def write_rows(path: Path, count: int) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["usage_date", "service", "project", "cost"])
        writer.writerows(
            ["2025-11-01", "Compute Engine", f"project-{n % 97}", "0.000012345"] for n in range(count)
        )
