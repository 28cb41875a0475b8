"""Files up to the bytes of an upload, without any platform: how quick one core is, and how much memory it takes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import rows
from benchmarks.figure import Aim, Figure
from benchmarks.report import number
from benchmarks.sizes import Sizes
from benchmarks.stage import ROOT

GROUP = "Files up to the bytes of an upload, one core"
_QUICK = Aim(200_000, "at least")
_FLAT = Aim(300)
_SHAPES = {"whole rows": (), "typed": ("--typed",)}


def reading(*, files: Path, sizes: Sizes) -> Iterator[Figure]:
    """Rows by the processor's seconds, the best of several times, and the most memory that any of them held."""
    for count in sizes.read_rows:
        for written_as, called in rows.FORMATS.items():
            path = rows.charges(files, count, written_as=written_as)
            for shape, options in _SHAPES.items():
                what = f"{called}, {shape}, {count:,} rows"
                told = [_read(path, written_as, options) for _ in range(sizes.read_times)]
                seconds = min(each["cpu_seconds"] for each in told)
                note = f"{number(path.stat().st_size / count)} bytes a row"
                yield Figure(GROUP, what, count / seconds, "rows/s", _QUICK, note=note)
                yield Figure(GROUP, "– its memory", max(each["peak_mb"] for each in told), "MB", _FLAT)


def _read(path: Path, written_as: str, options: tuple[str, ...]) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.read_file", str(path), "--format", written_as, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    assert f"_{told['rows']}." in path.name
    return told
