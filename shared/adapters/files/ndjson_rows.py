"""Rows of JSON, one object a line."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader
from typing import AnyStr

from pydantic import JsonValue

from shared.adapters.exact_json import HalfCharacterError, TwiceError, parse_json, parse_json_text
from shared.adapters.files.contents import Contents
from shared.adapters.files.plain_json import plain_json_lines
from shared.adapters.files.problems import reading
from shared.adapters.files.text import UTF_8, codec_of, lines_of, not_utf_8, text_of, undecodable
from shared.adapters.files.written_rows import Row, several
from shared.domain.errors import StepError
from shared.domain.json_lines import RowOrLines
from shared.domain.row_fit import Malformed
from shared.domain.source import FilesSource

_MOST_BYTES = 1_000_000
"""Of lines that are taken together, which several copies are made of; longer ones are taken one by one."""


def ndjson_lines(contents: Contents, source: FilesSource) -> Iterator[RowOrLines]:
    """The objects, several at once; blank lines are none. A line ends with LF, CR or both.

    Raises StepError for a line that holds anything else, with its number.
    """
    codec = codec_of(contents, source.encoding)
    if codec not in UTF_8:
        yield from _rows_of_text(contents, codec)
        return
    lines, before = _lines_of_utf_8(contents), 0
    with reading(contents.name):
        for some in several(lines):
            written = plain_json_lines(some) if sum(map(len, some)) <= _MOST_BYTES else None
            if written is not None:
                yield written
            else:
                yield from _rows(some, parse_json, contents.name, before=before)
            before += len(some)


def ndjson_rows(contents: Contents, source: FilesSource) -> Iterator[Row]:
    """The objects, as `ndjson_lines`, one by one."""
    codec = codec_of(contents, source.encoding)
    if codec not in UTF_8:
        return _rows_of_text(contents, codec)
    return _rows(_lines_of_utf_8(contents), parse_json, contents.name)


def _lines_of_utf_8(contents: Contents) -> BufferedReader:
    # Bytes are faster than text: the parser makes one text a line.
    lines = lines_of(contents, with_returns=False)
    with reading(contents.name):
        lines.read(len(BOM_UTF8) if contents.head.startswith(BOM_UTF8) else 0)
    return lines


def _rows_of_text(contents: Contents, codec: str) -> Iterator[Row]:
    text = text_of(contents, codec, newline="")
    return _rows(_decoded(text, contents.name, codec=codec), parse_json_text, contents.name)


def _decoded(lines: Iterable[str], name: str, *, codec: str) -> Iterator[str]:
    count = 0
    try:
        for line in lines:
            count += 1
            yield line
    except UnicodeDecodeError as error:
        raise undecodable(name, error, codec=codec, lines_before=count) from error


def placed_ndjson_rows(contents: Contents, source: FilesSource) -> Iterator[tuple[int, Row | Malformed]]:
    """The objects, each with the number of its line; a line that holds anything else is given as its text."""
    codec = codec_of(contents, source.encoding)
    if codec in UTF_8:
        yield from _placed(_lines_of_utf_8(contents), parse_json, text=_of_bytes, name=contents.name)
        return
    lines = _decoded(text_of(contents, codec, newline=""), contents.name, codec=codec)
    yield from _placed(lines, parse_json_text, text=str, name=contents.name)


def _of_bytes(line: bytes) -> str:
    # A line may be JSON in another encoding, which its reader has found out by itself, and no object.
    return line.decode(errors="backslashreplace")


def _placed(
    lines: Iterable[AnyStr], parse: Callable[[AnyStr], JsonValue], *, text: Callable[[AnyStr], str], name: str
) -> Iterator[tuple[int, Row | Malformed]]:
    with reading(name):
        for number, line in enumerate(lines, start=1):
            if line.isspace():
                continue
            try:
                yield number, _object(line, parse)
            except UnicodeDecodeError as error:
                raise not_utf_8(name, line=number) from error
            except _NoObjectError as error:
                yield number, Malformed(text(line).rstrip("\r\n"), str(error))


def _rows(
    lines: Iterable[AnyStr], parse: Callable[[AnyStr], JsonValue], name: str, *, before: int = 0
) -> Iterator[Row]:
    with reading(name):
        for number, line in enumerate(lines, start=before + 1):
            if line.isspace():
                continue
            try:
                yield _object(line, parse)
            except UnicodeDecodeError as error:
                raise not_utf_8(name, line=number) from error
            except _NoObjectError as error:
                raise StepError(f"{name}: line {number} {error}") from error


class _NoObjectError(Exception):
    """What is wrong with a line that holds no object."""


def _object(line: AnyStr, parse: Callable[[AnyStr], JsonValue]) -> Row:
    try:
        row = parse(line)
    except TwiceError as error:
        raise _NoObjectError("has a field twice") from error
    except HalfCharacterError as error:
        raise _NoObjectError("holds half a character, as an escape of JSON can") from error
    except UnicodeDecodeError:
        raise
    except ValueError as error:
        raise _NoObjectError("is not JSON") from error
    except RecursionError as error:
        raise _NoObjectError("is nested too deeply") from error
    if not isinstance(row, dict):
        raise _NoObjectError("is not a JSON object; NDJSON has one object a line")
    return row
