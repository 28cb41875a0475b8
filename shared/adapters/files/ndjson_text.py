"""What an object of NDJSON says of its text by its beginning and its end, where BigQuery may read it as we do."""

import os
import zlib
from codecs import BOM_UTF8
from typing import IO

from shared.adapters.exact_json import TwiceError, parse_json
from shared.adapters.files.contents import packing_of
from shared.domain.errors import StepError
from shared.domain.job import MOST_PACKED_BYTES
from shared.domain.loadable import LoadableText
from shared.domain.sure_line import is_sure

_HEAD_BYTES = 64 * 1024
_GZIP = 31
"""What the library calls the gzip format with the largest window."""
_SIZE_BYTES = 4
"""At the end of what gzip packed: how many bytes these were."""
_PIECE_BYTES = 1024 * 1024
"""Unpacked at once: what is packed may be a thousand times as much."""


def ndjson_text(file: IO[bytes], *, size_bytes: int, name: str) -> LoadableText | str:
    """How much text the object holds; or why it is to be read here, such as for what its first lines are."""
    head = file.read(_HEAD_BYTES)
    try:
        packing = packing_of(head, name)
    except StepError:
        return "it is packed in a way that BigQuery doesn't read"
    if packing not in (None, "gzip"):
        return "it is packed in a way that BigQuery doesn't read"
    if packing is None:
        return _text(head, is_all=len(head) == size_bytes, byte_count=size_bytes, is_packed=False)
    if size_bytes > MOST_PACKED_BYTES:
        return "it is packed, and larger than BigQuery reads"
    unpacker = zlib.decompressobj(_GZIP)
    try:
        first = unpacker.decompress(head, _HEAD_BYTES)
        is_all = unpacker.eof
        while unpacker.unconsumed_tail and not unpacker.eof:
            unpacker.decompress(unpacker.unconsumed_tail, _PIECE_BYTES)
    except zlib.error:
        return "it is not plain gzip"
    if unpacker.eof and (unpacker.unused_data or len(head) < size_bytes):
        return "it is packed in several parts"
    file.seek(-_SIZE_BYTES, os.SEEK_END)
    count = int.from_bytes(file.read(_SIZE_BYTES), "little")
    return _text(first, is_all=is_all, byte_count=count, is_packed=True)


def _text(head: bytes, *, is_all: bool, byte_count: int, is_packed: bool) -> LoadableText | str:
    if head.startswith((BOM_UTF8, b"\xff\xfe", b"\xfe\xff")):
        return "it begins with a byte-order mark"
    lines = head.splitlines(keepends=True)
    whole = lines if is_all else lines[:-1]
    if not all(map(_is_sure, whole)):
        return "its first lines hold what BigQuery may read otherwise, or are not JSON objects"
    end_bytes = 2 if whole and whole[0].endswith(b"\r\n") else 1
    return LoadableText(byte_count=byte_count, is_packed=is_packed, end_bytes=end_bytes)


def _is_sure(line: bytes) -> bool:
    try:
        return is_sure(line.decode().rstrip("\r\n")) and isinstance(parse_json(line), dict)
    except (ValueError, TwiceError, RecursionError):
        return False
