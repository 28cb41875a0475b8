"""A load job's file in chunks: what is held, what is sent again, and when there is a job."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import repeat

import pytest
from google.api_core.exceptions import Conflict

from shared.adapters.upload import CHUNK_BYTES, ChunkedFile, upload
from shared.domain.errors import StepError, TransientError
from shared.domain.ids import job_id, run_id_at
from shared.domain.job import LoadJob
from tests.contract.adapters.charges import CHARGES
from tests.contract.adapters.stand_in import client_of
from tests.contract.sources.api import Answer, Api, Request
from tests.fakes.clock import NOON

MEBIBYTE = b"x" * 1024 * 1024
ID = job_id(run_id=run_id_at(NOON), step_number=1, attempt=1)
DONE = {
    "jobReference": {"projectId": "p", "jobId": ID, "location": "US"},
    "configuration": {"load": {"destinationTable": {"projectId": "p", "datasetId": "acme", "tableId": "t"}}},
    "status": {"state": "DONE"},
}
Then = Callable[[Request, int], Answer]


class Kept:
    """BigQuery's side of one upload, where `then` answers a chunk that begins after so many bytes; else all is kept."""

    def __init__(self, then: Then | None = None) -> None:
        self.ranges: list[str] = []
        self.kept = 0
        self._then = then or self.keep_all

    def __call__(self, request: Request) -> Answer:
        if "upload_id" not in request.parameters:
            return Answer(headers={"Location": f"http://{request.headers['host']}{request.path}?upload_id=1"})
        told = request.headers["content-range"]
        self.ranges.append(told)
        if told == "bytes */*":
            return self.so_far()
        return self._then(request, int(told.removeprefix("bytes ").partition("-")[0].replace("*/", "") or 0))

    def keep_all(self, request: Request, _: int) -> Answer:
        self.kept += int(request.headers.get("content-length", "0"))
        return self.so_far() if request.headers["content-range"].endswith("/*") else Answer(DONE)

    def so_far(self) -> Answer:
        headers = {"Range": f"bytes=0-{self.kept - 1}"} if self.kept else {}
        return Answer(status=308, headers=headers)


def load(content: Iterator[bytes]) -> LoadJob:
    return LoadJob(
        tenant_id="acme", job_id=ID, location="US", table=CHARGES, content=content, timeout_seconds=9
    )


def sent(kept: Kept, content: Iterator[bytes]) -> str | None:
    with closing(Api(kept)) as api:
        client = client_of(api.url)
        with closing(client._http):
            return str(upload(client, load(content)).job_id)


def mebibytes(count: int) -> Iterator[bytes]:
    return iter([MEBIBYTE] * count)


def span(first: int, after_last: int, total: str = "*") -> str:
    return f"bytes {first}-{after_last - 1}/{total}"


def test_the_last_chunk_alone_says_how_long_the_file_is() -> None:
    kept = Kept()

    assert sent(kept, mebibytes(17)) == ID

    end = 17 * len(MEBIBYTE)
    assert kept.ranges == [
        span(0, CHUNK_BYTES),
        span(CHUNK_BYTES, 2 * CHUNK_BYTES),
        span(2 * CHUNK_BYTES, end, str(end)),
    ]


def test_a_file_of_whole_chunks_is_ended_by_an_empty_one() -> None:
    kept = Kept()

    assert sent(kept, mebibytes(8)) == ID

    assert kept.ranges == [span(0, CHUNK_BYTES), f"bytes */{CHUNK_BYTES}"]


def test_what_was_not_kept_of_a_chunk_is_sent_again() -> None:
    half = CHUNK_BYTES // 2

    def then(request: Request, first: int) -> Answer:
        if first == 0:
            kept.kept = half
            return kept.so_far()
        return kept.keep_all(request, first)

    kept = Kept(then)

    assert sent(kept, mebibytes(9)) == ID

    end = 9 * len(MEBIBYTE)
    assert kept.ranges == [span(0, CHUNK_BYTES), span(half, end, str(end))]


def test_where_nothing_is_said_to_be_kept_it_is_asked_for_and_sent_anew() -> None:
    seen: list[int] = []

    def then(request: Request, first: int) -> Answer:
        seen.append(first)
        return kept.so_far() if len(seen) == 1 else kept.keep_all(request, first)

    kept = Kept(then)

    assert sent(kept, mebibytes(9)) == ID

    assert kept.ranges[:3] == [span(0, CHUNK_BYTES), "bytes */*", span(0, CHUNK_BYTES)]


def test_an_upload_that_never_gets_further_is_given_up() -> None:
    kept = Kept(lambda *_: kept.so_far())

    with pytest.raises(TransientError, match="keeps nothing of what it is sent"):
        sent(kept, mebibytes(9))


def test_an_id_that_is_taken_is_found_out_at_the_last_chunk() -> None:
    def then(request: Request, first: int) -> Answer:
        if request.headers["content-range"].endswith("/*"):
            return kept.keep_all(request, first)
        error = {"code": 409, "message": "Already Exists", "errors": [{"reason": "duplicate"}]}
        return Answer({"error": error}, status=409)

    kept = Kept(then)

    with pytest.raises(Conflict):
        sent(kept, mebibytes(9))


@pytest.mark.parametrize("before", [0, 3, 12])
def test_where_the_content_breaks_off_no_last_chunk_is_sent(before: int) -> None:
    def broken() -> Iterator[bytes]:
        yield from repeat(MEBIBYTE, before)
        raise StepError("line 9 is not JSON")

    kept = Kept()

    with pytest.raises(StepError, match=r"^line 9 is not JSON$"):
        sent(kept, broken())

    assert all(each.endswith("/*") for each in kept.ranges)


def test_no_more_is_made_than_is_asked_for() -> None:
    made: list[bytes] = []

    def content() -> Iterator[bytes]:
        for _ in range(100):
            made.append(b"0123456789")
            yield made[-1]

    file = ChunkedFile(content())

    assert (file.read(25), file.tell(), len(made)) == (b"0123456789012345678901234"[:25], 25, 3)
    file.seek(20)
    assert (file.read(10), len(made)) == (b"0123456789", 3)
    with pytest.raises(TransientError, match="lacks what was sent"):
        file.seek(19)
