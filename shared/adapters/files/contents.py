"""What files hold once they are unpacked: gzip, bzip2, zip and zstd, told by their first bytes."""

import gzip
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from typing import Literal, cast

from shared.adapters.files.bzip2 import STARTS as BZIP2_STARTS
from shared.adapters.files.bzip2 import unpacked_bzip2
from shared.adapters.files.problems import reading
from shared.adapters.files.readable_file import ReadableFile
from shared.adapters.files.zip_members import holds_document, zip_members
from shared.domain.errors import StepError

Packing = Literal["gzip", "bzip2", "zip", "zstd"]

_PACKING_BY_START: dict[bytes, Packing] = {
    b"\x1f\x8b": "gzip",  # RFC 1952, section 2.3.1
    **dict.fromkeys(BZIP2_STARTS, "bzip2"),
    b"PK\x03\x04": "zip",  # APPNOTE.TXT, sections 4.3.7 and, for one that holds nothing, 4.3.16
    b"PK\x05\x06": "zip",
    b"\x28\xb5\x2f\xfd": "zstd",  # RFC 8878, section 3.1.1
}
_UNREAD_BY_START = {
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x04\x22\x4d\x18": "lz4",
    b"Rar!\x1a\x07": "rar",
}
_HEAD_BYTES = 16
_PACKING_BY_SUFFIX: dict[str, Packing] = {".gz": "gzip", ".bz2": "bzip2", ".zip": "zip", ".zst": "zstd"}
_BUFFER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Contents:
    """Unpacked bytes; `name` is what they are called in messages, `head` what they begin with.

    `is_plain` says that they are the file itself, in which one can go back and forth.
    """

    name: str
    head: bytes
    stream: BufferedReader
    is_plain: bool = False


def contents_of(
    file: ReadableFile, plain: BufferedReader, *, are_workbooks: bool = False
) -> Generator[Contents, None, None]:
    """What the opened file holds, of an archive one member after the other; each is there until the next is asked for.

    Workbooks of Excel are zip archives, and may be packed themselves.

    Raises StepError for what is packed twice, encrypted or in a way that isn't read.
    """
    with reading(file.name):
        packing = packing_of(_head(plain), file.name)
        _require_as_named(file, plain, packing)
        match packing:
            case None:
                yield Contents(file.name, _head(plain), plain, is_plain=True)
            case "zip" if are_workbooks and holds_document(plain, file.name):
                plain.seek(0)
                yield Contents(file.name, _head(plain), plain, is_plain=True)
            case "zip":
                for name, member in zip_members(plain, file.name):
                    yield _unpacked(member, name, are_workbooks=are_workbooks)
            case "gzip":
                with gzip.open(plain, "rb") as stream:
                    yield _unpacked(cast(BufferedReader, stream), file.name, are_workbooks=are_workbooks)
            case "bzip2":
                with unpacked_bzip2(plain) as stream:
                    yield _unpacked(stream, file.name, are_workbooks=are_workbooks)
            case "zstd":
                with _zstd(plain) as stream:
                    yield _unpacked(stream, file.name, are_workbooks=are_workbooks)


def _head(stream: BufferedReader) -> bytes:
    return stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]


def packing_of(head: bytes, name: str) -> Packing | None:
    """How what begins so is packed, None where it is not. Raises StepError for a way that is not read."""
    for start, what in _UNREAD_BY_START.items():
        if head.startswith(start):
            raise StepError(f"{name} is packed with {what}, which is not read; use gzip, bzip2, zip or zstd")
    return next((packing for start, packing in _PACKING_BY_START.items() if head.startswith(start)), None)


def _unpacked(stream: BufferedReader, name: str, *, are_workbooks: bool) -> Contents:
    with reading(name):
        head = _head(stream)
    if packing_of(head, name) not in (None, "zip" if are_workbooks else None):
        raise StepError(f"{name} is packed twice; pack it once")
    return Contents(name, head, stream)


def _require_as_named(file: ReadableFile, plain: BufferedReader, packing: Packing | None) -> None:
    named = next((each for end, each in _PACKING_BY_SUFFIX.items() if file.name.lower().endswith(end)), None)
    if named is None or packing is not None:
        return
    if not _head(plain):
        raise StepError(f"{file.name} has no bytes, so it is cut off: packed with {named}, nothing has some")
    if not file.may_be_unpacked:
        raise StepError(f"{file.name} is named so, but is not packed with {named}")


@contextmanager
def _zstd(plain: BufferedReader) -> Iterator[BufferedReader]:
    # Slow to import, and only needed here.
    import pyarrow

    # It closes what it reads from.
    with open(os.dup(plain.fileno()), "rb") as own:
        own.seek(0)
        with pyarrow.CompressedInputStream(pyarrow.PythonFile(own, mode="r"), "zstd") as stream:
            yield BufferedReader(stream, _BUFFER_BYTES)
