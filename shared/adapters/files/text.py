"""The text of files: in the encoding that is set, unless a byte-order mark says another."""

import codecs
import re
from io import BufferedReader, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING

from shared.adapters.files.contents import Contents
from shared.domain.errors import StepError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LONGEST_LINE_BYTES = 50_000_000
"""A line is held in memory, several times while it is taken apart."""
_BUFFER_BYTES = 64 * 1024
LINE_END = re.compile("\r\n?|\n")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_CODEC_BY_MARK = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""UTF-32 first: its marks begin as those of UTF-16 do."""
_BY_MARK_ONLY = frozenset({"utf-16", "utf-32"})
UTF_8 = frozenset({"utf-8", "utf-8-sig"})


def codec_of(contents: Contents, encoding: str) -> str:
    """Python's name of what the text is in, which takes a byte-order mark away.

    Raises StepError where only a mark could say the order of the bytes, and there is none.
    """
    marked = next((codec for mark, codec in _CODEC_BY_MARK.items() if contents.head.startswith(mark)), None)
    if marked is not None:
        return marked
    codec = codecs.lookup(encoding).name
    if codec in _BY_MARK_ONLY and contents.head:
        raise StepError(
            f"{contents.name} has no byte-order mark; set 'encoding' to {codec}-le or {codec}-be instead of {codec}"
        )
    return codec


def lines_of(contents: Contents, *, with_returns: bool = True) -> BufferedReader:
    """The bytes, for whoever reads them line by line. Raises StepError for a line that is too long to be held.

    Without returns, each carriage return that no line feed follows is one.
    """
    return BufferedReader(_Lines(contents, with_returns=with_returns), _BUFFER_BYTES)


def text_of(contents: Contents, codec: str, *, newline: str) -> TextIOWrapper:
    """The text, by lines that end where `newline` says, as `open` understands it; too long ones as in `lines_of`."""
    return TextIOWrapper(lines_of(contents), encoding=codec, newline=newline)


class _Lines(RawIOBase):
    """Bytes as they are, as long as there are line ends among them. Closing it leaves them open."""

    def __init__(self, contents: Contents, *, with_returns: bool) -> None:
        self._contents = contents
        self._with_returns = with_returns
        self._without_end = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        count = self._contents.stream.readinto(buffer)
        found = bytes(memoryview(buffer)[:count])
        last_end = max(found.rfind(b"\n"), found.rfind(b"\r"))
        self._without_end = count - last_end - 1 if last_end >= 0 else self._without_end + count
        if self._without_end > LONGEST_LINE_BYTES:
            raise StepError(f"{self._contents.name} has a line of more than {LONGEST_LINE_BYTES:,} bytes")
        if not self._with_returns and b"\r" in found:
            after = self._contents.stream.peek(1)[:1] if found.endswith(b"\r") else b""
            memoryview(buffer)[:count] = _LONE_RETURN.sub(b"\n", found + after)[:count]
        return count


def undecodable(name: str, error: UnicodeDecodeError, *, codec: str, lines_before: int) -> StepError:
    """The error of bytes that are no text, where so many lines were read before."""
    before = error.object[: error.start].decode(_codec_that_failed(error, codec), "replace")
    line = lines_before + 1 + len(LINE_END.findall(before))
    if codec in UTF_8:
        return not_utf_8(name, line=line)
    return StepError(f"{name}: line {line} is not text in the encoding {codec}")


def not_utf_8(name: str, *, line: int) -> StepError:
    """The error of a line that is in another encoding than the usual one."""
    return StepError(f"{name}: line {line} is not UTF-8 text; set 'encoding' to what it is, such as cp1252")


def _codec_that_failed(error: UnicodeDecodeError, codec: str) -> str:
    # utf-16 decodes as utf-16-le or -be once it has seen the mark; single-byte codecs all call themselves charmap.
    return codec if error.encoding == "charmap" else error.encoding
