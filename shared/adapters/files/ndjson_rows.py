"""Rows of JSON, one object a line."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from typing import AnyStr

from pydantic import JsonValue

from shared.adapters.exact_json import HalfCharacterError, TwiceError, parse_json, parse_json_text
from shared.adapters.files.contents import Contents
from shared.adapters.files.problems import reading
from shared.adapters.files.text import UTF_8, codec_of, lines_of, not_utf_8, text_of, undecodable
from shared.domain.errors import StepError
from shared.domain.source import FilesSource


def ndjson_rows(contents: Contents, source: FilesSource) -> Iterator[dict[str, JsonValue]]:
    """The objects; blank lines are none. Raises StepError for a line that holds anything else, with its number."""
    codec = codec_of(contents, source.encoding)
    if codec not in UTF_8:
        text = text_of(contents, codec, newline="\n")
        return _rows(_decoded(text, contents.name, codec=codec), parse_json_text, contents.name)
    # Bytes are faster than text: the parser makes one text a line.
    lines = lines_of(contents)
    with reading(contents.name):
        lines.read(len(BOM_UTF8) if contents.head.startswith(BOM_UTF8) else 0)
    return _rows(lines, parse_json, contents.name)


def _decoded(lines: Iterable[str], name: str, *, codec: str) -> Iterator[str]:
    count = 0
    try:
        for line in lines:
            count += 1
            yield line
    except UnicodeDecodeError as error:
        raise undecodable(name, error, codec=codec, lines_before=count) from error


def _rows(
    lines: Iterable[AnyStr], parse: Callable[[AnyStr], JsonValue], name: str
) -> Iterator[dict[str, JsonValue]]:
    with reading(name):
        for number, line in enumerate(lines, start=1):
            if line.isspace():
                continue
            try:
                row = parse(line)
            except TwiceError as error:
                raise StepError(f"{name}: line {number} has a field twice") from error
            except HalfCharacterError as error:
                raise StepError(
                    f"{name}: line {number} holds half a character, as an escape of JSON can"
                ) from error
            except UnicodeDecodeError as error:
                raise not_utf_8(name, line=number) from error
            except ValueError as error:
                raise StepError(f"{name}: line {number} is not JSON") from error
            except RecursionError as error:
                raise StepError(f"{name}: line {number} is nested too deeply") from error
            if not isinstance(row, dict):
                raise StepError(f"{name}: line {number} is not a JSON object; NDJSON has one object a line")
            yield row
