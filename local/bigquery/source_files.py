"""The files of a load job: where they lie, and what is known of one before it is read."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from local.bigquery.buckets import Buckets
from local.bigquery.problem import ApiError

_GZIP_MAGIC = b"\x1f\x8b"
_BLOCK_BYTES = 1 << 20
_LONE_RETURN = re.compile(rb"\r(?!\n)")
FORMATS = ("CSV", "NEWLINE_DELIMITED_JSON", "PARQUET")
# DuckDB's reader keeps twice as much in memory for each thread; Python's reads what is longer.
LONGEST_LINE = 16 * _BLOCK_BYTES


@dataclass(frozen=True)
class SourceFile:
    """One file as it was sent."""

    path: Path
    # As errors name it.
    name: str

    @property
    def size(self) -> int:
        """Its bytes, packed if it is packed."""
        return self.path.stat().st_size


@dataclass(frozen=True)
class PlainFile:
    """A file of text that is not packed (any more)."""

    path: Path
    name: str
    has_long_lines: bool
    # BigQuery ends a line at each; DuckDB takes one kind of line ends in a file.
    has_lone_returns: bool = False


def source_format(load: dict[str, Any]) -> str:
    """The format of the job's files. Raises ApiError `invalid`."""
    named = str(load.get("sourceFormat") or "CSV").upper()
    named = "NEWLINE_DELIMITED_JSON" if named == "JSON" else named
    if named not in FORMATS:
        raise ApiError("invalid", f"Source format {named} is not offered here")
    return named


@contextmanager
def found_files(uris: list[str], *, buckets: Buckets, email: str, folder: Path) -> Iterator[list[SourceFile]]:
    """The files that `sourceUris` name; objects are copied into `folder` for the time of the block. Raises ApiError.

    One `*` in an object's name stands for anything, slashes included, as in Cloud Storage.
    """
    if not uris:
        raise ApiError("invalid", "Required parameter is missing: sourceUris")
    with ExitStack() as copies:
        files: list[SourceFile] = []
        for uri in uris:
            if not uri.startswith("gs://"):
                files += _found(uri)
                continue
            for stored in buckets.find(uri, email=email):
                path = folder / f"object-{uuid4().hex}"
                copies.callback(path.unlink, missing_ok=True)
                buckets.copy(stored, path, email=email)
                files.append(SourceFile(path, stored.uri))
        yield files


def require_packed_alike(files: list[SourceFile]) -> None:
    """Raises ApiError where some files of text are gzipped and others are not."""
    packed = [file for file in files if _is_packed(file)]
    if packed and len(packed) < len(files):
        plain = next(file for file in files if file not in packed)
        message = f"A load job can't read compressed and uncompressed files: {packed[0].name}, {plain.name}"
        raise ApiError("invalid", message)


def local_path(uri: str) -> Path:
    """Where a URI of this machine points to. Raises ApiError `invalid`."""
    parts = urlsplit(uri, allow_fragments=False)
    if parts.scheme != "file":
        raise ApiError("invalid", f"Source URI must be gs:// or file://: {uri}")
    return Path(unquote(parts.path if not parts.query else f"{parts.path}?{parts.query}"))


@contextmanager
def unpacked(file: SourceFile, *, folder: Path) -> Iterator[PlainFile]:
    """The file of text, unpacked into `folder` for the time of the block if it is gzipped. Raises ApiError."""
    with file.path.open("rb") as source:
        is_packed = source.read(2) == _GZIP_MAGIC
        source.seek(0)
        if not is_packed:
            yield _measured(file, file.path, _blocks(source))
            return
        path = folder / f"unpacked-{uuid4().hex}"
        try:
            with path.open("wb") as target:
                plain = _measured(file, path, _written(_unpacked_blocks(source, file.name), target))
            yield plain
        finally:
            path.unlink(missing_ok=True)


def _is_packed(file: SourceFile) -> bool:
    with file.path.open("rb") as source:
        return source.read(2) == _GZIP_MAGIC


def _found(uri: str) -> list[SourceFile]:
    if uri.count("*") > 1:
        raise ApiError("invalid", f"A source URI may have one wildcard: {uri}")
    path = local_path(uri)
    if "*" not in uri:
        if not path.is_file():
            raise ApiError("notFound", f"Not found: URI {uri}")
        return [SourceFile(path, uri)]
    before, after = str(path).split("*")
    folder = Path(before if before.endswith("/") else str(Path(before).parent))
    matching = (
        one
        for one in sorted(folder.rglob("*"))
        if one.is_file() and _matches(str(one), before=before, after=after)
    )
    found = [
        SourceFile(one, uri.replace("*", str(one)[len(before) : len(str(one)) - len(after)]))
        for one in matching
    ]
    if not found:
        raise ApiError("notFound", f"Not found: Uris {uri}")
    return found


def _matches(path: str, *, before: str, after: str) -> bool:
    return path.startswith(before) and path.endswith(after) and len(path) >= len(before) + len(after)


def _measured(file: SourceFile, path: Path, blocks: Iterator[bytes]) -> PlainFile:
    without_end, most = 0, 0
    has_lone_returns, before = False, b""
    for block in blocks:
        without_end = 0 if b"\n" in block else without_end + 1
        most = max(most, without_end)
        searched = before + block
        before = b"\r" if searched.endswith(b"\r") else b""
        if _LONE_RETURN.search(searched, 0, len(searched) - len(before)):
            has_lone_returns = True
    return PlainFile(
        path,
        file.name,
        has_long_lines=most >= LONGEST_LINE // _BLOCK_BYTES - 2,
        has_lone_returns=has_lone_returns or bool(before),
    )


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK_BYTES):
        yield block


def _written(blocks: Iterator[bytes], target: IO[bytes]) -> Iterator[bytes]:
    for block in blocks:
        target.write(block)
        yield block


def _unpacked_blocks(file: IO[bytes], name: str) -> Iterator[bytes]:
    """What the gzipped file holds; several gzipped parts may stand one after the other."""
    reader, has_ended = zlib.decompressobj(31), True
    for packed in _blocks(file):
        waiting = packed
        while waiting:
            try:
                block = reader.decompress(waiting, _BLOCK_BYTES)
            except zlib.error as error:
                raise _broken(name) from error
            if block:
                yield block
            waiting, has_ended = reader.unconsumed_tail, reader.eof
            if has_ended:
                waiting, reader = reader.unused_data.lstrip(b"\0"), zlib.decompressobj(31)
    if not has_ended:
        raise _broken(name)


def _broken(name: str) -> ApiError:
    return ApiError(
        "invalid",
        f"Error while reading data, error message: the gzipped file can't be unpacked. File: {name}",
    )
