"""Lines that survive a kill of the process, without the wait of a commit."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """A file of JSON lines that are to be put elsewhere soon.

    What was written is the operating system's, and there when this process is killed. Only if the machine itself
    goes down may the last lines be missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)

    def read(self) -> Iterator[Any]:
        """The lines, less the last one if a kill came while it was written."""
        for line in self._path.read_bytes().split(b"\n")[:-1]:
            yield json.loads(line)

    def append(self, content: Any) -> None:
        """Write a line."""
        os.write(self._file, json.dumps(content, ensure_ascii=False).encode() + b"\n")

    def clear(self) -> None:
        """Forget all lines."""
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
