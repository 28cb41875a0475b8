"""The functions' log lines: whole in the log file, short in the terminal."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

_SHORT_FIELDS = ("tenant_id", "run_id", "step_id", "method", "path", "status", "outcome", "reason")
_LONGEST_WORD = 160
_COUNTS = ("started", "continued", "timed_out", "failed")
_MARK_BY_SEVERITY = {"WARNING": "! ", "ERROR": "! "}
Say = Callable[[str], None]


class LogFile:
    """Appends lines from several processes to one file, whole lines only, and says each in short."""

    def __init__(self, path: Path, say: Say) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._turn = threading.Lock()
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._say = say

    def copy_from(self, stream: IO[str]) -> None:
        """Take lines until the stream ends."""
        for line in stream:
            with self._turn:
                self._file.write(line if line.endswith("\n") else line + "\n")
            short = short_line(line)
            if short is not None:
                self._say(short)

    def close(self) -> None:
        with self._turn:
            self._file.close()


def short_line(line: str) -> str | None:
    """Time, action, tenant, run, step and what became of it, of a JSON log line; None where there is nothing to tell.

    Of each field its first line at most: a terminal is no place for a stack trace.
    """
    try:
        row = json.loads(line)
    except ValueError:
        return None
    if not isinstance(row, dict) or "action" not in row or _is_routine(row):
        return None
    clock = str(row.get("time", ""))[11:19]
    mark = _MARK_BY_SEVERITY.get(str(row.get("severity")), "  ")
    values = [str(row[name]) for name in _SHORT_FIELDS if row.get(name) is not None]
    words = [value.partition("\n")[0][:_LONGEST_WORD] for value in values]
    counts = [f"{name}={row[name]}" for name in _COUNTS if row.get(name)]
    return " ".join([f"{clock} {mark}{row['action']}", *words, *counts]).strip()


def _is_routine(row: dict[str, Any]) -> bool:
    """Whether the row comes round all the time and says that all is well."""
    if row.get("severity") != "INFO":
        return False
    if row["action"] == "runs_reconciled":
        return not any(row.get(name) for name in _COUNTS)
    # A push or the clock: what was made of it has a row of its own.
    return row["action"] == "request" and row.get("method") == "POST" and row.get("path") == "/"
