"""Log lines are rows: one JSON object a line on standard output, where Cloud Logging reads it.

Field names `severity`, `message` and `time` are Cloud Logging's (cloud.google.com/logging/docs/structured-logging).
"""

import json
import sys
import traceback
from datetime import UTC, datetime
from typing import Literal

Severity = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
_RANK = {"DEBUG": 0, "INFO": 1, "WARNING": 2, "ERROR": 3}
_threshold = ["INFO"]
_FROM_FILE = "from the file "


def set_level(level: str) -> None:
    """Write only lines of this severity or more."""
    _threshold[0] = level if level in _RANK else "INFO"


def log(action: str, *, severity: Severity = "INFO", **fields: str | int | float | bool | None) -> None:
    """Write one line. `action` is in snake case; fields hold ids, counts and sentences, never rows or secrets."""
    if _RANK[severity] < _RANK[_threshold[0]]:
        return
    line = {
        "time": datetime.now(tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "severity": severity,
        "action": action,
        **{name: value for name, value in fields.items() if value is not None},
    }
    # In escapes, so that a stream of any character set takes it.
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def add_file(error: BaseException, name: str) -> None:
    """Note on an error from which file it came."""
    error.add_note(f"{_FROM_FILE}{name}")


def files_of(error: Exception) -> list[str]:
    """The files that were noted on an error. Notes of others may quote what they like."""
    notes: list[str] = getattr(error, "__notes__", [])
    return [note.removeprefix(_FROM_FILE) for note in notes if note.startswith(_FROM_FILE)]


def frames_of(error: Exception) -> str:
    """Where in the code an error that nobody foresaw came from, outermost first, without any value."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)


def kind_and_place(error: Exception) -> str:
    """What may be logged of an error that nobody foresaw: never its message, which may quote a row or a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "unknown"
    return f"{type(error).__name__} at {place}"
