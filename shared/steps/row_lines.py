"""Rows on their way to a load job: gzipped lines of JSON, made as the rows are read and held by no one."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from pydantic import JsonValue
from pydantic_core import PydanticSerializationError, to_json

from shared.domain.errors import StepError
from shared.domain.message import listed

Rows = list[Mapping[str, JsonValue]]

MOST_BYTES = 4_000_000_000
"""BigQuery reads no larger gzip file ("Quotas and limits", load jobs)."""
_COMPRESSION_LEVEL = 1
"""Rows resemble each other: higher levels take longer for a file hardly smaller."""
_GZIP = 31
"""What zlib calls the gzip format with the largest window."""
_ROWS_AT_ONCE = 16
"""Enough that what is done once for all of them costs little for each; and what looks on does so as often."""
_BUFFER_BYTES = 64 * 1024
"""Compressed at once: line by line takes far longer than the compression itself."""


@dataclass(frozen=True)
class RowShape:
    """What becomes of a row: its values into `columns`, or all of it into `data`; beside what the platform gives."""

    given: Mapping[str, JsonValue]
    columns: frozenset[str] | None


def zipped_lines(
    rows: Iterable[Mapping[str, JsonValue]],
    *,
    shape: RowShape,
    at_row: Callable[[int], None] = lambda _: None,
) -> Iterator[bytes]:
    """The parts, one after the other, of a gzipped file with a line for each row.

    `at_row` is told how many rows were given, of several once; what it raises ends the reading.

    Raises StepError for a row with a field that the table doesn't have (a field that is silently left out is lost), for
    one that holds half a character, and for more than a load job takes.
    """
    zipper = zlib.compressobj(_COMPRESSION_LEVEL, wbits=_GZIP)
    size = 0
    for part in _parts(_lines(rows, shape=shape, at_row=at_row)):
        zipped = zipper.compress(part)
        size += len(zipped)
        if size > MOST_BYTES:
            raise StepError(
                f"the rows are more than the {MOST_BYTES // 10**9} GB, compressed, that one load job takes; "
                "read less at a time, such as fewer days in a run"
            )
        yield zipped
    yield zipper.flush()


def _parts(lines: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for each in lines:
        held.append(each)
        size += len(each)
        if size >= _BUFFER_BYTES:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _lines(
    rows: Iterable[Mapping[str, JsonValue]], *, shape: RowShape, at_row: Callable[[int], None]
) -> Iterator[bytes]:
    """Several lines at a time."""
    count = 0
    for some in _several(rows):
        first = count + 1
        count += len(some)
        at_row(count)
        if shape.columns is not None and not shape.columns.issuperset(set().union(*some)):
            raise _unknown_fields(some, shape.columns, first=first)
        yield _framed(_written(some, first=first), shape)


def _several(rows: Iterable[Mapping[str, JsonValue]]) -> Iterator[Rows]:
    """The rows, several at a time; those before an error are given before it is raised."""
    left = iter(rows)
    while True:
        some: Rows = []
        try:
            some.extend(islice(left, _ROWS_AT_ONCE))
        finally:
            if some:
                yield some
        if not some:
            return


def _written(rows: Rows, *, first: int) -> list[bytes]:
    try:
        return [to_json(row) for row in rows]
    except PydanticSerializationError:
        return [_text_of_any_depth(row, number=number) for number, row in enumerate(rows, start=first)]


def _text_of_any_depth(row: Mapping[str, JsonValue], *, number: int) -> bytes:
    # Several times slower; for what is nested deeper than pydantic goes.
    try:
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:  # JSON's \u escapes can say one half of a surrogate pair
        raise StepError(f"row {number} holds text that is not Unicode") from error


def _framed(texts: list[bytes], shape: RowShape) -> bytes:
    """The lines of rows, beside what the platform gives. No text has a line end of its own: JSON escapes them."""
    if shape.columns is None:
        begin = _begun({**shape.given, "data": None}).removesuffix(b"null")
        return begin + (b"}\n" + begin).join(texts) + b"}\n"
    if not shape.given:
        return b"\n".join(texts) + b"\n"
    begin = _begun(shape.given)
    return b"".join(begin + (b"" if text == b"{}" else b",") + text[1:] + b"\n" for text in texts)


def _begun(fields: Mapping[str, JsonValue]) -> bytes:
    """The JSON of an object that goes on."""
    return to_json(fields).removesuffix(b"}")


def _unknown_fields(rows: Rows, columns: frozenset[str], *, first: int) -> StepError:
    number, row = next((at, row) for at, row in enumerate(rows, start=first) if not columns.issuperset(row))
    return StepError(
        f"row {number} has fields that the table has no column for: {listed(sorted(set(row) - columns))}; "
        f"its columns are {listed(sorted(columns))}"
    )
