"""The spool: rows on their way to a load job, in a gzipped NDJSON file written in bounded memory."""

import errno
import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedWriter, RawIOBase
from pathlib import Path
from typing import cast

from pydantic import JsonValue
from pydantic_core import PydanticSerializationError, to_json

from shared.domain.errors import StepError, TransientError
from shared.domain.message import listed

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_COMPRESSION_LEVEL = 3
"""Three times faster than the default for a file a tenth larger; it is read once."""
_BUFFER_BYTES = 64 * 1024
"""Compressed at once: line by line takes far longer than the compression itself."""


@dataclass(frozen=True)
class RowShape:
    """What becomes of a row: its values into `columns`, or all of it into `data`; beside what the platform gives."""

    given: Mapping[str, JsonValue]
    columns: frozenset[str] | None


def write_spool(
    rows: Iterable[Mapping[str, JsonValue]],
    file: Path,
    *,
    shape: RowShape,
    at_row: Callable[[int], None] = lambda _: None,
) -> int:
    """Write every row and return how many there were.

    `at_row` is told the number of each row, from 1; what it raises ends the writing.

    Raises StepError for a row with a field that the table doesn't have (a field that is silently left out is lost), and
    for one that holds half a character; TransientError where this machine has no room for the rows.
    """
    count = 0
    with (
        _room_for_rows(),
        gzip.open(file, "wb", compresslevel=_COMPRESSION_LEVEL) as zipped,
        BufferedWriter(cast(RawIOBase, zipped), _BUFFER_BYTES) as lines,
    ):
        for count, row in enumerate(rows, start=1):
            at_row(count)
            if shape.columns is not None and not shape.columns.issuperset(row):
                raise _unknown_fields(row, shape.columns, number=count)
            own = {"data": row} if shape.columns is None else row
            lines.write(_line({**shape.given, **own}, number=count))
    return count


@contextmanager
def _room_for_rows() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        # Other steps of this machine may have taken it.
        raise TransientError("This machine has no room for the source's rows") from error


def _line(row: Mapping[str, object], *, number: int) -> bytes:
    try:
        return to_json(row) + b"\n"
    except PydanticSerializationError:
        return _line_of_any_depth(row, number=number)


def _line_of_any_depth(row: Mapping[str, object], *, number: int) -> bytes:
    # Several times slower; for what is nested deeper than pydantic goes.
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError as error:  # JSON's \u escapes can say one half of a surrogate pair
        raise StepError(f"row {number} holds text that is not Unicode") from error


def _unknown_fields(row: Mapping[str, JsonValue], columns: frozenset[str], *, number: int) -> StepError:
    unknown = sorted(set(row) - columns)
    return StepError(
        f"row {number} has fields that the table has no column for: {listed(unknown)}; "
        f"its columns are {listed(sorted(columns))}"
    )
