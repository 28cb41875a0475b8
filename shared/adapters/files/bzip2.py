"""Unpacks bzip2 to its last byte: Python's own reader takes what follows a stream, if it is damaged, for nothing."""

from bz2 import BZ2Decompressor
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STARTS = tuple(
    b"BZh%d" % level + block
    for level in range(1, 10)
    # The start of a block, and that of the end where there is none.
    for block in (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90")
)
"""What such files begin with, as the program bzip2 writes it."""
_PART_BYTES = 64 * 1024


def unpacked_bzip2(plain: BufferedReader) -> BufferedReader:
    """The contents of all its streams. Reading raises EOFError where it is cut off, OSError where it is damaged."""
    return BufferedReader(_Streams(plain), _PART_BYTES)


class _Streams(RawIOBase):
    """Closing it leaves open what it reads from."""

    def __init__(self, plain: BufferedReader) -> None:
        self._plain = plain
        self._stream = BZ2Decompressor()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        while True:
            sent = b""
            if self._stream.eof:
                sent = self._stream.unused_data or self._plain.read(_PART_BYTES)
                if not sent:
                    return 0
                self._stream = BZ2Decompressor()
            elif self._stream.needs_input:
                sent = self._plain.read(_PART_BYTES)
                if not sent:
                    raise EOFError
            found = self._stream.decompress(sent, len(view))
            if found:
                view[: len(found)] = found
                return len(found)
