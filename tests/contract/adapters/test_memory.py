"""Rows pass through Python in bounded memory, however many there are."""

import csv
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROW_COUNT = 400_000
ALLOWED_KILOBYTES = 60_000
# Peak memory of a process that reads the file for an upload, beyond what it needed for the first thousandth of it.
READING = """
import resource, sys
from pathlib import Path
from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.files.rows import read_files
from shared.domain.source import FilesSource
from shared.steps.row_lines import RowShape, zipped_lines

def read(name):
    source = FilesSource(type="files", path=name, format="csv")
    rows = read_files(source, DiskFiles(Path(sys.argv[1]).parent, None).find(Path(sys.argv[1]).name, name))
    counts = []
    for _ in zipped_lines(rows, shape=RowShape(given={}, columns=None), at_row=counts.append):
        del counts[:-1]
    return counts[-1]

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

read("few.csv")
before = peak()
print(read("many.csv"), peak() - before)
"""


def test_a_large_file_needs_hardly_more_memory_than_a_small_one(tmp_path: Path) -> None:
    write_rows(tmp_path / "few.csv", ROW_COUNT // 1000)
    write_rows(tmp_path / "many.csv", ROW_COUNT)

    done = subprocess.run(
        [sys.executable, "-c", READING, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    count, grown = map(int, done.stdout.split())
    assert count == ROW_COUNT
    assert grown < ALLOWED_KILOBYTES


def write_rows(path: Path, count: int) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["usage_date", "service", "project", "cost"])
        writer.writerows(
            ["2025-11-01", "Compute Engine", f"project-{n % 97}", "0.000012345"] for n in range(count)
        )
