"""Where an answer leads: to another address, to a page that is not there, or past its end."""

import pytest

from shared.adapters.source_reader import SourceReader
from tests.contract.sources.api import Answer, Request
from tests.contract.sources.conftest import SECRET
from tests.contract.sources.reading import CURSOR, Serve, Words, failure, read, source

ONE = [{"a": 1}]
TWO = [{"a": 1}, {"a": 2}]
IGNORE: Words = {"response_actions": [{"status_code": 404, "action": "ignore"}]}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_of_a_request_with_a_body_fails_the_step(
    serve: Serve, reader: SourceReader, status: int, method: str
) -> None:
    elsewhere = serve(lambda _: Answer({"data": ONE}))
    there = f"{elsewhere.url}/v2/costs?signed={SECRET}"
    api = serve(lambda _: Answer(b"", status=status, headers={"Location": there}))
    posted = source(api.url, "single_page", method=method, json={"key": {"secret": "api_key"}})

    assert failure(reader, posted) == (
        f"127.0.0.1: page 1 of /v1/costs is redirected to {elsewhere.url}/v2/costs; write that address"
    )
    assert (len(api.requests), elsewhere.requests) == (1, [])


def test_a_redirect_of_a_request_without_a_body_is_followed(serve: Serve, reader: SourceReader) -> None:
    def respond(request: Request) -> Answer:
        if request.path == "/v1/costs":
            return Answer(b"", status=301, headers={"Location": "/v2/costs"})
        return Answer({"data": ONE})

    assert read(reader, source(serve(respond).url, "single_page")) == ONE


def test_a_link_to_another_port_is_not_followed(serve: Serve, reader: SourceReader) -> None:
    other = serve(lambda _: Answer({"data": TWO}))
    api = serve(lambda _: Answer({"data": ONE, "next": f"{other.url}/v1/costs?from=2"}))
    port = other.url.rpartition(":")[2]

    assert failure(reader, source(api.url, "json_link")) == (
        f"127.0.0.1: the next page is said to be at port {port}, another host"
    )
    assert other.requests == []


@pytest.mark.parametrize(
    "paginator",
    [
        CURSOR,
        {"type": "page_number", "total_path": "pages"},
        {"type": "page_number", "total_path": None, "has_more_path": "more"},
        {"type": "offset", "limit": 1, "total_path": "pages"},
    ],
)
def test_a_page_that_another_said_is_there_can_not_be_ignored(
    serve: Serve, reader: SourceReader, paginator: Words
) -> None:
    page = {"data": ONE, "next": "a", "pages": 2, "more": True}
    api = serve(lambda _: Answer(page) if len(api.requests) == 1 else Answer({"error": "gone"}, status=404))

    assert failure(reader, source(api.url, paginator, **IGNORE)) == (
        "127.0.0.1: page 2 of /v1/costs is ignored by 'response_actions', though the page before it says that more "
        "follow"
    )
    assert len(api.requests) == 2


def test_an_api_that_answers_404_past_the_last_page_may_be_read_to_there(
    serve: Serve, reader: SourceReader
) -> None:
    def respond(request: Request) -> Answer:
        page = request.number("page")
        return Answer({"data": [TWO[page]]}) if page < 2 else Answer({"detail": "Invalid page."}, status=404)

    api = serve(respond)
    by_number = {"type": "page_number", "total_path": None}

    assert read(reader, source(api.url, by_number, **IGNORE)) == TWO


@pytest.mark.parametrize(
    ("paginator", "last"),
    [
        ({**CURSOR, "has_more_path": "more"}, {"data": [{"a": 2}], "next": "a", "more": False}),
        ({**CURSOR, "has_more_path": "more"}, {"data": [{"a": 2}], "next": {"at": 1}, "more": "no"}),
        ({**CURSOR, "stop_after_empty_page": True}, {"data": [], "next": "a"}),
    ],
)
def test_a_list_that_is_said_to_be_over_may_repeat_its_cursor(
    serve: Serve, reader: SourceReader, *, paginator: Words, last: Words
) -> None:
    first = {"data": ONE, "next": "a", "more": True}
    api = serve(lambda _: Answer(first if len(api.requests) == 1 else last))

    assert read(reader, source(api.url, paginator)) == [*ONE, *last["data"]]
    assert len(api.requests) == 2


def test_a_list_that_is_said_to_be_over_needs_no_cursor(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer({"data": ONE, "object": "list", "more": False}))

    assert read(reader, source(api.url, {**CURSOR, "has_more_path": "more"})) == ONE
