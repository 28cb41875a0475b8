"""Servers that break off, change a file or answer strangely, while a file is copied."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.source_reader import SourceReader
from shared.domain.errors import TransientError
from tests.contract.places.reading import failure, passing, read, reader_with, source_of
from tests.contract.sources.api import Answer, Api, Request
from tests.fakes.gates import Names, gate_with

Serve = Callable[[Callable[[Request], Answer]], Api]

WHOLE = b"a\n" + b"".join(b"%d\n" % number for number in range(1_000))
ROWS = [{"a": str(number)} for number in range(1_000)]
TAG = '"one"'


@pytest.fixture
def reader(tmp_path: Path) -> SourceReader:
    return reader_with(tmp_path, {})


def words(api: Api) -> dict[str, Any]:
    return {"path": "s3://exports/a.csv", "endpoint": api.url}


def whole(tag: str | None = TAG) -> Answer:
    return Answer(WHOLE, headers={"ETag": tag} if tag else {})


def cut(count: int, tag: str | None = TAG, *, start: int = 0) -> Answer:
    """So many bytes of what is said to be the rest of the file, and no more."""
    return Answer(
        iter([WHOLE[start : start + count]]),
        status=206 if start else 200,
        headers={
            "Content-Length": str(len(WHOLE) - start),
            **({"ETag": tag} if tag else {}),
            **({"Content-Range": f"bytes {start}-{len(WHOLE) - 1}/{len(WHOLE)}"} if start else {}),
        },
    )


def rest(start: int, tag: str = TAG) -> Answer:
    return Answer(
        WHOLE[start:],
        status=206,
        headers={"ETag": tag, "Content-Range": f"bytes {start}-{len(WHOLE) - 1}/{len(WHOLE)}"},
    )


def in_turn(*answers: Answer) -> Callable[[Request], Answer]:
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_a_file_goes_on_where_the_connection_broke(serve: Serve, reader: SourceReader) -> None:
    api = serve(in_turn(cut(100), cut(50, start=100), rest(150)))

    assert read(reader, **words(api)) == ROWS
    assert [(each.headers.get("range"), each.headers.get("if-match")) for each in api.requests] == [
        (None, None),
        ("bytes=100-", TAG),
        ("bytes=150-", TAG),
    ]


@pytest.mark.parametrize("answer", [whole(), whole(None)])
def test_a_server_that_knows_no_ranges_is_read_from_the_beginning(
    answer: Answer, serve: Serve, reader: SourceReader
) -> None:
    api = serve(in_turn(cut(100), answer))

    assert read(reader, **words(api)) == ROWS


@pytest.mark.parametrize("tag", [None, 'W/"weak"'])
def test_without_a_tag_of_its_bytes_a_file_is_read_from_the_beginning(
    tag: str | None, serve: Serve, reader: SourceReader
) -> None:
    api = serve(in_turn(cut(100, tag), whole(tag)))

    assert read(reader, **words(api)) == ROWS
    assert [each.headers.get("range") for each in api.requests] == [None, None]


@pytest.mark.parametrize(
    "answer",
    [Answer(b"", status=412), Answer(b"", status=416), whole('"two"'), rest(100, '"two"')],
    ids=["precondition", "range", "whole", "rest"],
)
def test_a_file_that_is_replaced_while_it_is_read_ends_the_attempt(
    answer: Answer, serve: Serve, reader: SourceReader
) -> None:
    api = serve(in_turn(cut(100), answer))

    assert passing(reader, **words(api)) == "s3://exports/a.csv was replaced before it was read whole"


def test_another_part_than_the_one_asked_for_is_refused(serve: Serve, reader: SourceReader) -> None:
    api = serve(in_turn(cut(100), rest(99)))

    assert "another part than the one asked for" in failure(reader, **words(api))


def test_a_file_that_breaks_off_again_and_again_is_left_for_later(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: cut(100) if len(api.requests) == 1 else cut(0, start=100))

    assert passing(reader, **words(api)) == "127.0.0.1 broke off its answer, asked for s3://exports/a.csv"
    assert len(api.requests) == 4


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_is_asked_again(status: int, serve: Serve, reader: SourceReader) -> None:
    api = serve(in_turn(Answer(b"", status=status), Answer(b"", status=status), whole()))

    assert read(reader, **words(api)) == ROWS


def test_a_server_that_stays_busy_is_left_for_later(serve: Serve, reader: SourceReader) -> None:
    api = serve(in_turn(Answer(b"", status=503)))

    assert passing(reader, **words(api)) == "127.0.0.1 answered 503, asked for s3://exports/a.csv"


def test_a_length_that_is_not_told_is_refused(serve: Serve, reader: SourceReader) -> None:
    api = serve(in_turn(Answer(iter([WHOLE[:100]]), headers={"Connection": "close"})))

    assert "does not say how long s3://exports/a.csv is" in failure(reader, **words(api))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<Error><Code>PermanentRedirect</Code></Error>", 301, {"x-amz-bucket-region": "us-west-2"}),
        Answer(
            b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>", status=400
        ),
    ],
)
def test_another_region_is_told(answer: Answer, serve: Serve, reader: SourceReader) -> None:
    api = serve(in_turn(answer))

    assert failure(reader, **words(api)) == (
        "s3://exports/a.csv can't be read: the bucket is in another region than 'region' says; its region is us-west-2"
    )


def test_a_redirect_is_not_followed(serve: Serve, reader: SourceReader) -> None:
    elsewhere = serve(in_turn(whole()))
    api = serve(in_turn(Answer(b"", 307, {"Location": f"{elsewhere.url}/exports/a.csv"})))

    assert "another region" in failure(reader, **words(api))
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "in another way than S3 does; look at 'endpoint'"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "in another way than S3 does; look at 'endpoint'"),
        (b"<a><IsTruncated>true</IsTruncated></a>", "the server's list has no end"),
    ],
)
def test_a_list_that_is_none_is_refused(body: bytes, said: str, serve: Serve, reader: SourceReader) -> None:
    api = serve(in_turn(Answer(body)))

    assert said in failure(reader, path="s3://exports/*.csv", endpoint=api.url)


def test_an_endpoint_is_asked_at_addresses_that_were_checked_alone(serve: Serve, tmp_path: Path) -> None:
    api = serve(in_turn(whole()))
    names = Names({"minio.example.com": [["127.0.0.1"], ["169.254.169.254"]]})
    reader = reader_with(tmp_path, {}, gate=gate_with(names))
    port = api.url.rpartition(":")[2]

    message = failure(reader, path="s3://exports/a.csv", endpoint=f"http://minio.example.com:{port}")

    assert "'minio.example.com'" in message
    assert api.requests == []


def test_a_reading_that_nobody_wants_any_more_ends_in_the_middle_of_a_file(
    serve: Serve, reader: SourceReader
) -> None:
    api = serve(in_turn(cut(100), rest(100)))

    def look() -> None:
        if api.requests:
            raise TransientError("the run was cancelled")

    with pytest.raises(TransientError, match="the run was cancelled"):
        list(reader.read(source_of(**words(api)), tenant_id="acme", parameters=(), look=look))
    assert len(api.requests) == 1


def test_a_large_file_without_a_tag_is_not_begun_for_ever(
    serve: Serve, reader: SourceReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.sources.files.remote.copying._ENOUGH_BYTES", 50)
    api = serve(lambda _: cut(100, None))

    assert "broke off" in passing(reader, **words(api))
    assert len(api.requests) == 4
