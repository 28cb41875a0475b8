"""What a look at an object of NDJSON tells, before BigQuery is to load it."""

import bz2
import gzip
import io
import random
import zipfile

import pytest

from shared.adapters.files.ndjson_text import ndjson_text
from shared.domain.job import MOST_PACKED_BYTES
from shared.domain.loadable import LoadableText

LINE = b'{"a": "\xc3\xa9", "n": [1, 0.5]}\n'
MANY = LINE * 10_000
_RANDOM = random.Random(1)
NOISE = b"".join(b'{"x": "%032x"}\n' % _RANDOM.getrandbits(128) for _ in range(9_000))
FIRST_LINES = "its first lines hold what BigQuery may read otherwise, or are not JSON objects"
OTHER_PACKING = "it is packed in a way that BigQuery doesn't read"
PARTS = "it is packed in several parts"


def looked_at(contents: bytes, *, size_bytes: int | None = None) -> LoadableText | str:
    return ndjson_text(io.BytesIO(contents), size_bytes=size_bytes or len(contents), name="gs://b/x")


def zipped(contents: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("x.json", contents)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("contents", "end_bytes"),
    [
        (b"", 1),
        (LINE, 1),
        (LINE[:-1], 1),
        (MANY, 1),
        (LINE.replace(b"\n", b"\r") * 2, 1),
        (MANY.replace(b"\n", b"\r\n"), 2),
    ],
    ids=["nothing", "line", "no_end", "many", "cr", "crlf"],
)
def test_text_has_so_many_bytes_packed_or_not(contents: bytes, end_bytes: int) -> None:
    plain, packed = looked_at(contents), looked_at(gzip.compress(contents))

    assert plain == LoadableText(byte_count=len(contents), is_packed=False, end_bytes=end_bytes)
    assert packed == LoadableText(byte_count=len(contents), is_packed=True, end_bytes=end_bytes)


def test_what_is_behind_a_look_is_not_looked_at() -> None:
    assert looked_at(MANY + b"7") == LoadableText(byte_count=len(MANY) + 1, is_packed=False, end_bytes=1)
    packed = gzip.compress(NOISE + b"7")
    assert len(packed) > 100_000
    assert looked_at(packed) == LoadableText(byte_count=len(NOISE) + 1, is_packed=True, end_bytes=1)


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"\xef\xbb\xbf" + LINE, "it begins with a byte-order mark"),
        (LINE.decode().encode("utf-16"), "it begins with a byte-order mark"),
        (gzip.compress(LINE) + gzip.compress(LINE), PARTS),
        (gzip.compress(MANY) + gzip.compress(LINE), PARTS),
        (gzip.compress(MANY) + b"\0" * 100_000, PARTS),
        (b"\x1f\x8b" + LINE, "it is not plain gzip"),
        (bz2.compress(LINE), OTHER_PACKING),
        (zipped(LINE), OTHER_PACKING),
        (b"\xfd7zXZ\x00" + LINE, OTHER_PACKING),
        (LINE + b"\n" + LINE, FIRST_LINES),
        (LINE + b'{"n": 1e400}\n', FIRST_LINES),
        (LINE + b'{"a": 1, "a": 2}', FIRST_LINES),
        (LINE + b'{"t": "\xff"}\n', FIRST_LINES),
        (LINE + b"[1]\n", FIRST_LINES),
        (LINE + b'{"a":\r1}\n', FIRST_LINES),
        (gzip.compress(MANY[:50_000] + b"7\n" + MANY), FIRST_LINES),
    ],
)
def test_what_bigquery_may_not_read_alike_is_told(contents: bytes, reason: str) -> None:
    assert looked_at(contents) == reason


def test_what_is_packed_and_too_large_is_told() -> None:
    reason = "it is packed, and larger than BigQuery reads"

    assert looked_at(gzip.compress(NOISE), size_bytes=MOST_PACKED_BYTES + 1) == reason
