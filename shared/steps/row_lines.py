"""Rows on their way to a load job: gzipped lines of JSON, made as the rows are read and held by no one."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from isal import isal_zlib
from pydantic import JsonValue
from pydantic_core import PydanticSerializationError, to_json

from shared.domain.errors import StepError
from shared.domain.job import MOST_PACKED_BYTES
from shared.domain.json_lines import JsonLines
from shared.domain.message import listed
from shared.domain.progress import FileBegun
from shared.domain.row_fit import BrokenRow
from shared.domain.table import SOURCE_FILE

Row = Mapping[str, JsonValue]
Rows = list[Row]

_COMPRESSION_LEVEL = 1
"""Rows resemble each other: higher levels take longer for a file hardly smaller."""
_GZIP = 31
"""What the library calls the gzip format with the largest window."""
_ROWS_AT_ONCE = 16
"""Enough that what is done once for all of them costs little for each; and what looks on does so as often."""
_BUFFER_BYTES = 64 * 1024
"""Compressed at once: line by line takes far longer than the compression itself."""


@dataclass(frozen=True)
class RowShape:
    """What becomes of a row: its values into `columns`, or all of it into `data`; beside what the platform gives.

    Where it `tells_file`, each row says of which file it is. `marker` is the column, if any, that names each file that
    is read, in a row of its own before its rows; `broken` takes, in a row of its own too, what doesn't fit.
    """

    given: Mapping[str, JsonValue]
    columns: frozenset[str] | None
    tells_file: bool = False
    marker: str = ""
    broken: str = ""

    def of_file(self, name: str) -> "RowShape":
        """The shape of the rows of that file."""
        return replace(self, given={**self.given, SOURCE_FILE: name}) if self.tells_file else self


def zipped_lines(
    rows: Iterable[Row | JsonLines | FileBegun | BrokenRow],
    *,
    shape: RowShape,
    at_row: Callable[[int], None] = lambda _: None,
) -> Iterator[bytes]:
    """The parts, one after the other, of a gzipped file with a line for each row.

    `at_row` is told how many rows were given, of several once; what it raises ends the reading.

    Raises StepError for a row with a field that the table doesn't have (a field that is silently left out is lost), for
    one that holds half a character, and for more than a load job takes.
    """
    zipper = isal_zlib.compressobj(_COMPRESSION_LEVEL, wbits=_GZIP)
    size = 0
    for part in _parts(_lines(rows, shape=shape, at_row=at_row)):
        zipped = zipper.compress(part)
        size += len(zipped)
        if size > MOST_PACKED_BYTES:
            raise StepError(
                f"the rows are more than the {MOST_PACKED_BYTES // 10**9} GB, compressed, that one load job takes; "
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
    rows: Iterable[Row | JsonLines | FileBegun | BrokenRow], *, shape: RowShape, at_row: Callable[[int], None]
) -> Iterator[bytes]:
    """Several lines at a time."""
    frame, count = _frame(shape), 0
    for some in _several(rows):
        if isinstance(some, FileBegun):
            frame = _frame(shape.of_file(some.name))
            if shape.marker:
                yield to_json({shape.marker: some.name}) + b"\n"
            continue
        if isinstance(some, BrokenRow):
            count += 1
            at_row(count)
            yield _set_aside(some, shape)
            continue
        first = count + 1
        count += some.count if isinstance(some, JsonLines) else len(some)
        at_row(count)
        _require_columns(some, shape, first=first)
        yield frame(some.text if isinstance(some, JsonLines) else _written(some, first=first))


def _require_columns(some: Rows | JsonLines, shape: RowShape, *, first: int) -> None:
    columns = shape.columns
    if columns is None:
        return
    fields = some.fields if isinstance(some, JsonLines) else set().union(*some)
    if columns.issuperset(fields):
        return
    rows: Sequence[Row] = some.rows() if isinstance(some, JsonLines) else some
    raise _unknown_fields(rows, columns, first=first, tells_file=shape.tells_file)


def _several(
    rows: Iterable[Row | JsonLines | FileBegun | BrokenRow],
) -> Iterator[Rows | JsonLines | FileBegun | BrokenRow]:
    """The rows, several at a time; those before an error are given before it is raised."""
    left = iter(rows)
    while True:
        some: Rows = []
        lines: JsonLines | FileBegun | BrokenRow | None = None
        try:
            lines = _take_rows(left, some)
        finally:
            if some:
                yield some
        if lines is not None:
            yield lines
        elif not some:
            return


def _take_rows(
    left: Iterator[Row | JsonLines | FileBegun | BrokenRow], some: Rows
) -> JsonLines | FileBegun | BrokenRow | None:
    """Add a few to `some`; where lines or another file come before these are enough, return that."""
    for each in islice(left, _ROWS_AT_ONCE):
        if isinstance(each, JsonLines | FileBegun | BrokenRow):
            return each
        some.append(each)
    return None


def _written(rows: Rows, *, first: int) -> bytes:
    try:
        texts = [to_json(row) for row in rows]
    except PydanticSerializationError:
        texts = [_text_of_any_depth(row, number=number) for number, row in enumerate(rows, start=first)]
    return b"\n".join(texts) + b"\n"


def _text_of_any_depth(row: Mapping[str, JsonValue], *, number: int) -> bytes:
    # Several times slower; for what is nested deeper than pydantic goes.
    try:
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:  # JSON's \u escapes can say one half of a surrogate pair
        raise StepError(f"row {number} holds text that is not Unicode") from error


def _frame(shape: RowShape) -> Callable[[bytes], bytes]:
    """What puts lines beside what the platform gives. They have no other line end than their own: JSON escapes it."""
    if shape.columns is None:
        begin = _begun({**shape.given, "data": None}).removesuffix(b"null")
        between = b"}\n" + begin
        return lambda lines: begin + lines[:-1].replace(b"\n", between) + b"}\n"
    if not shape.given:
        return lambda lines: lines
    begin, empty = _begun(shape.given), to_json(shape.given) + b"\n"
    before = begin + b","
    return lambda lines: b"".join(
        [before + line[1:] if line != b"{}\n" else empty for line in lines.splitlines(keepends=True)]
    )


def _set_aside(row: BrokenRow, shape: RowShape) -> bytes:
    told = {name: getattr(row, name) for name in _TOLD}
    try:
        return to_json({**shape.given, shape.broken: told}) + b"\n"
    except PydanticSerializationError:
        # Nested deeper than goes, or half a character: as the text of its JSON it can be kept.
        told["found"] = json.dumps(row.found)
        return to_json({**shape.given, shape.broken: told}) + b"\n"


_TOLD = ("found", "reason", "field", "place", "line", "file")


def _begun(fields: Mapping[str, JsonValue]) -> bytes:
    """The JSON of an object that goes on."""
    return to_json(fields).removesuffix(b"}")


def _unknown_fields(
    rows: Sequence[Row], columns: frozenset[str], *, first: int, tells_file: bool
) -> StepError:
    number, row = next((at, row) for at, row in enumerate(rows, start=first) if not columns.issuperset(row))
    if tells_file and SOURCE_FILE in row:
        return StepError(
            f"row {number} has a field '{SOURCE_FILE}', which the platform fills in itself: give the field another name"
        )
    return StepError(
        f"row {number} has fields that the table has no column for: {listed(sorted(set(row) - columns))}; "
        f"its columns are {listed(sorted(columns))}"
    )
