"""An environment for each peer below .local/peers, made once, with the releases that are named here."""

import subprocess
import sys
from pathlib import Path

from benchmarks.figure import MeasureError

FOLDER = Path(__file__).resolve().parents[2] / ".local" / "peers"
_MAKE_SECONDS = 1200
_ENGINE = "duckdb==1.5.5"
"""The engine is the same for everybody, and the stand-in's."""
PINS = {
    "dbos": ("dbos==3.4.0", _ENGINE),
    "prefect": ("prefect==3.9.1", _ENGINE),
    "dagster": ("dagster==1.13.28", "dagster-webserver==1.13.28", _ENGINE),
    "airflow": ("apache-airflow==3.3.2", _ENGINE),
    "dlt": ("dlt[duckdb,filesystem,parquet]==1.31.0", _ENGINE),
    "dlt_place": (
        "dlt[duckdb,filesystem,parquet]==1.31.0",
        "gcsfs==2026.10.1",
        "psycopg2-binary==2.9.13",
        "s3fs==2026.9.0",
        "sqlalchemy>=2.0,<2.1",
        _ENGINE,
    ),
    "duckdb": (_ENGINE,),
}


def python_of(peer: str) -> Path:
    """The peer's Python, or ours for what is ours.

    Raises MeasureError with pip's last words where the peer can't be installed.
    """
    if peer not in PINS:
        return Path(sys.executable)
    folder = FOLDER / peer
    python, made = folder / "bin" / "python", folder / "pins.txt"
    pins = "\n".join(PINS[peer])
    if made.exists() and made.read_text("utf-8") == pins:
        return python
    print(f"Making {folder} ({', '.join(PINS[peer])})", flush=True)
    _call([sys.executable, "-m", "venv", str(folder)])
    _call([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PINS[peer]])
    made.write_text(pins, encoding="utf-8")
    return python


def _call(command: list[str]) -> None:
    try:
        subprocess.run(command, capture_output=True, text=True, timeout=_MAKE_SECONDS, check=True)
    except subprocess.CalledProcessError as error:
        raise MeasureError(f"can't be installed: {error.stderr.strip().splitlines()[-1:]}") from error
    except subprocess.TimeoutExpired as error:
        raise MeasureError(f"can't be installed within {_MAKE_SECONDS} s") from error
