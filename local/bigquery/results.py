"""The rows of finished queries, for as long as BigQuery keeps them: few in memory, many in a file."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from local.bigquery.answer import Answer

# BigQuery keeps the anonymous table behind a query for about 24 hours.
KEEP_SECONDS = 24 * 3600
_FILE_PAGE_ROWS = 1000
_MOST_INLINE_BYTES = 100_000


@dataclass(frozen=True)
class Result:
    """A query's columns and rows.

    `rows` are as `wire.row_writer` writes them; None where there is a file of them, or where they went into a table.
    `offsets` are those of the file's pages.
    """

    schema: list[dict[str, Any]]
    total: int
    rows: list[list[Any]] | None = None
    file: str = ""
    offsets: tuple[int, ...] = ()

    @cached_property
    def text(self) -> str:
        """To be kept in the record of its job."""
        return json.dumps({one.name: getattr(self, one.name) for one in fields(self)}, ensure_ascii=False)


def parse_result(text: str) -> Result:
    """What `Result.text` is."""
    read = json.loads(text)
    return Result(**{**read, "offsets": tuple(read["offsets"])})


class Results:
    """Fetches rows into results, and pages out of them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        oldest = time.time() - KEEP_SECONDS
        for path in folder.glob("*.rows"):
            if path.stat().st_mtime < oldest:
                path.unlink()

    def fetch(self, cursor: duckdb.DuckDBPyConnection, answer: Answer, *, name: str) -> Result:
        """All rows that the cursor has. They are in a file, named after `name`, before this returns, or in memory."""
        pages, schema = _pages(cursor, answer.write), answer.schema
        first = next(pages, [])
        second = next(pages, None)
        inline = Result(schema, len(first), first)
        if second is None and len(inline.text) <= _MOST_INLINE_BYTES:
            return inline
        return self._write(name, schema=schema, pages=_chain(first, second, pages))

    def page(self, result: Result, *, offset: int, limit: int) -> list[list[Any]]:
        """Some of its rows; none if they are no longer kept."""
        if result.rows is not None:
            return result.rows[offset : offset + limit]
        found: list[list[Any]] = []
        path = self._folder / result.file
        if not result.file or not path.exists():
            return found
        number, skip = divmod(offset, _FILE_PAGE_ROWS)
        with path.open("rb") as file:
            for start in result.offsets[number:]:
                file.seek(start)
                found += json.loads(file.readline())
                if len(found) >= skip + limit:
                    break
        return found[skip : skip + limit]

    def _write(self, name: str, *, schema: list[dict[str, Any]], pages: Iterator[list[list[Any]]]) -> Result:
        # Hashed, because two job ids may differ only in case where the file system does not.
        path = self._folder / f"{hashlib.sha256(name.encode()).hexdigest()}.rows"
        total, offsets = 0, []
        with path.open("wb") as file:
            for page in pages:
                offsets.append(file.tell())
                file.write(json.dumps(page, ensure_ascii=False).encode() + b"\n")
                total += len(page)
        return Result(schema, total, None, path.name, tuple(offsets))


def _pages(cursor: duckdb.DuckDBPyConnection, write: Callable[[Any], list[Any]]) -> Iterator[list[list[Any]]]:
    while rows := cursor.fetchmany(_FILE_PAGE_ROWS):
        yield [write(row) for row in rows]


def _chain(
    first: list[list[Any]], second: list[list[Any]] | None, rest: Iterator[list[list[Any]]]
) -> Iterator[list[list[Any]]]:
    yield first
    if second is not None:
        yield second
    yield from rest
