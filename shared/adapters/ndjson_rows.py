"""Rows of JSON, one object a line."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from typing import AnyStr

from pydantic import JsonValue

from shared.adapters.exact_json import TwiceError, parse_json, parse_json_text
from shared.adapters.file_contents import Contents
from shared.adapters.file_problems import reading
from shared.adapters.file_text import UTF_8, codec_of, lines_of, not_utf_8, text_of, undecodable
from shared.domain.errors import StepError
from shared.domain.source import FilesSource

_HALF_IN_BYTES = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF_IN_TEXT = re.compile(r"\\u[dD][89a-fA-F]")
"""An escape of one half of a surrogate pair; both are a character, one alone is none."""


def ndjson_rows(contents: Contents, source: FilesSource) -> Iterator[dict[str, JsonValue]]:
    """The objects; blank lines are none. Raises StepError for a line that holds anything else, with its number."""
    name, codec = contents.name, codec_of(contents, source.encoding)
    with reading(name):
        if codec in UTF_8:
            # Bytes are faster than text: the parser makes one text a line.
            lines = lines_of(contents)
            if contents.head.startswith(BOM_UTF8):
                lines.read(len(BOM_UTF8))
            yield from _rows(lines, parse_json, name, half=_HALF_IN_BYTES)
            return
        with text_of(contents, codec, newline="\n") as text:
            yield from _rows(_decoded(text, name, codec=codec), parse_json_text, name, half=_HALF_IN_TEXT)


def _decoded(lines: Iterable[str], name: str, *, codec: str) -> Iterator[str]:
    count = 0
    try:
        for line in lines:
            count += 1
            yield line
    except UnicodeDecodeError as error:
        raise undecodable(name, error, codec=codec, lines_before=count) from error


def _rows(
    lines: Iterable[AnyStr], parse: Callable[[AnyStr], JsonValue], name: str, *, half: re.Pattern[AnyStr]
) -> Iterator[dict[str, JsonValue]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = parse(line)
        except TwiceError as error:
            raise StepError(f"{name}: line {number} has a field twice") from error
        except UnicodeDecodeError as error:
            raise not_utf_8(name, line=number) from error
        except ValueError as error:
            raise StepError(f"{name}: line {number} is not JSON") from error
        except RecursionError as error:
            raise StepError(f"{name}: line {number} is nested too deeply") from error
        if half.search(line) and not _is_unicode(row):
            raise StepError(f"{name}: line {number} holds half a character, as an escape of JSON can")
        if not isinstance(row, dict):
            raise StepError(f"{name}: line {number} is not a JSON object; NDJSON has one object a line")
        yield row


def _is_unicode(row: JsonValue) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
