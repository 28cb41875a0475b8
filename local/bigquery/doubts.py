"""The rows of a file that DuckDB has doubts about: put aside while it reads the file, for Python to read them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import duckdb

_FUNCTION = "doubted_row"


class Doubts:
    """Gives DuckDB a function that puts a row aside: on disk, because it may be all of them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, IO[str]] = {}
        self._guard = threading.Lock()
        # DuckDB's stubs know no names of types but their own.
        untyped: Any = connection
        untyped.create_function(
            _FUNCTION,
            self._put_aside,
            ["VARCHAR", "VARCHAR"],
            "BOOLEAN",
            null_handling="special",
            side_effects=True,
        )

    @contextmanager
    def collect(self) -> Iterator[Doubt]:
        """Room for the rows of one file, for as long as the block lasts."""
        path = self._folder / f"doubts-{uuid4().hex}"
        with path.open("w+", encoding="utf-8", newline="\n") as file:
            self._files[path.name] = file
            try:
                yield Doubt(path.name, file)
            finally:
                del self._files[path.name]
                path.unlink()

    def _put_aside(self, name: str, row: str | None) -> bool:
        with self._guard:
            self._files[name].write(f"{row or 'null'}\n")
        return False


class Doubt:
    """The rows of one file."""

    def __init__(self, name: str, file: IO[str]) -> None:
        self._name = name
        self._file = file

    def keeps(self, row: str) -> str:
        """A condition on a row: true, or not, and then the text `row` is put aside. It has no line breaks."""
        return f"CASE WHEN good THEN TRUE ELSE {_FUNCTION}('{self._name}', {row}) END"

    def rows(self) -> Iterator[str]:
        """What was put aside."""
        self._file.seek(0)
        yield from self._file
