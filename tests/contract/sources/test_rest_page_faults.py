"""Lists that go on for ever, stop half-way or lead astray: each ends the step with a sentence."""

import pytest
from pydantic import JsonValue

from shared.adapters.source_reader import SourceReader
from tests.contract.sources.api import Answer, Request
from tests.contract.sources.reading import CURSOR, Respond, Serve, Words, failure, source
from tests.contract.sources.test_rest_pages import (
    OFFSET,
    ROWS,
    by_cursor,
    by_header_cursor,
    by_header_link,
    by_json_link,
    slice_of,
)

LINK = {"Link": '</v1/costs?from=3>; rel="next"'}


@pytest.mark.parametrize(
    ("paginator", "headers", "asked", "expected"),
    [
        (
            CURSOR,
            {},
            2,
            "has the same 'next' as a page before it, so the list never ends; does the API know the parameter 'from'?",
        ),
        ({"type": "json_link", "next_url_path": "link"}, {}, 2, "has the same 'link' as a page before it"),
        ("header_link", LINK, 2, "has the same 'next' as a page before it"),
        (
            {"type": "header_cursor", "cursor_key": "X-Next"},
            {"X-Next": "a"},
            2,
            "has the same 'X-Next' as a page",
        ),
        (
            {**OFFSET, "limit": 7},
            {},
            2,
            "has the same rows as the page before it; does the API know the parameter 'offset'?",
        ),
        ({"type": "page_number", "base_page": 1}, {}, 2, "has the same rows as the page before it"),
    ],
)
def test_a_page_that_comes_twice_ends_the_step(
    serve: Serve,
    reader: SourceReader,
    *,
    paginator: str | Words,
    headers: dict[str, str],
    asked: int,
    expected: str,
) -> None:
    body = {"data": ROWS, "next": "3", "link": "/v1/costs?from=3", "total": 100}
    api = serve(lambda _: Answer(body, headers=headers))

    message = failure(reader, source(api.url, paginator))

    assert message.startswith(f"127.0.0.1: page 2 of /v1/costs {expected}")
    assert len(api.requests) == asked


def test_another_cursor_to_the_same_rows_ends_the_step(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer({"data": ROWS, "next": f"nonce-{len(api.requests)}"}))

    message = failure(reader, source(api.url, CURSOR))

    assert "page 2 of /v1/costs has the same rows as the page before it" in message
    assert len(api.requests) == 2


def test_a_circle_of_pages_ends_the_step(serve: Serve, reader: SourceReader) -> None:
    def respond(request: Request) -> Answer:
        page = request.number("from")
        return Answer({"data": [{"page": page}], "next": str((page + 1) % 3 or 3)})

    api = serve(respond)

    assert "page 4 of /v1/costs has the same 'next'" in failure(reader, source(api.url, CURSOR))


def test_more_pages_than_max_pages_end_the_step(serve: Serve, reader: SourceReader) -> None:
    api = serve(
        lambda request: Answer({"data": [{"n": request.number("from")}], "next": str(len(api.requests))})
    )
    endless = source(api.url, CURSOR).model_copy(update={"max_pages": 5})

    assert failure(reader, endless) == (
        "127.0.0.1: page 5 of /v1/costs is not the last, 'max_pages' of the source is 5; "
        "raise it if there are so many"
    )
    assert len(api.requests) == 5


@pytest.mark.parametrize(
    ("respond", "paginator", "expected"),
    [
        (
            by_cursor,
            {**CURSOR, "cursor_path": "nxt"},
            "'nxt', the way to the next one; it has next. Did you mean 'next'? Where the API",
        ),
        (
            by_json_link,
            "json_link",
            "'next', the way to the next one; it has links. Where the API leaves it out",
        ),
        (
            by_header_link,
            {"type": "header_link", "links_next_key": "nxt"},
            "'nxt', the way to the next one; it has next. Did you mean",
        ),
        (
            by_header_cursor,
            {"type": "header_cursor", "cursor_key": "X-Nxt"},
            "'X-Nxt', the way to the next one; it has X-Next. Did you",
        ),
        (
            lambda _: Answer({"data": ROWS, "@odata.nextLink": "/v1/costs?from=1"}),
            {"type": "json_link", "next_url_path": "@odata.nextLink"},
            (
                "'@odata.nextLink', the way to the next one; it has @odata.nextLink; write it in quotes: "
                "'\"@odata.nextLink\"'. Where the API"
            ),
        ),
    ],
)
def test_a_way_on_that_no_page_says_fails_the_step(
    serve: Serve, reader: SourceReader, *, respond: Respond, paginator: str | Words, expected: str
) -> None:
    api = serve(respond)

    message = failure(reader, source(api.url, paginator))

    assert message.startswith(f"127.0.0.1: page 1 of /v1/costs is the last, and no page had {expected}")


@pytest.mark.parametrize(
    ("body", "paginator", "expected"),
    [
        (
            {"next": {"token": "a"}},
            CURSOR,
            "has 'next', which is neither text nor a number; name what in it leads to",
        ),
        (
            {"next": None, "more": True},
            {**CURSOR, "has_more_path": "more"},
            "says by 'more' that there are more, and",
        ),
        (
            {"next": "1", "more": 5},
            {**CURSOR, "has_more_path": "more"},
            "has 'more', which is neither true nor false",
        ),
        ({"next": "1"}, {**CURSOR, "has_more_path": "more"}, "has no 'more'; it has data, next"),
        (
            {"total": None},
            OFFSET,
            "has no 'total'; it has data, total; if the API doesn't say it, write 'total_path",
        ),
        ({"total": "many"}, OFFSET, "has 'total', which is not a whole number"),
        (
            {"total": 3},
            {**OFFSET, "limit": 2},
            "has 7 rows, more than the limit of 2, so the next one would repeat",
        ),
    ],
)
def test_what_a_page_says_of_the_list_is_not_guessed(
    serve: Serve, reader: SourceReader, *, body: dict[str, JsonValue], paginator: str | Words, expected: str
) -> None:
    api = serve(lambda _: Answer({"data": ROWS, **body}))
    paging = {**OFFSET, "limit": 7} if paginator == OFFSET else paginator

    assert failure(reader, source(api.url, paging)).startswith(f"127.0.0.1: page 1 of /v1/costs {expected}")


def test_an_api_that_gives_less_than_was_asked_for_leaves_no_gap(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda request: Answer({"data": slice_of(request.number("offset"), limit=2)[0], "total": 7}))

    assert failure(reader, source(api.url, OFFSET)) == (
        "127.0.0.1: page 2 of /v1/costs has rows, though the page before it had 2 of 3: those between are left out; "
        "set 'limit' to what the API gives at most"
    )


@pytest.mark.parametrize(
    ("body", "paginator", "expected"),
    [
        ({"total": 100}, {**OFFSET, "limit": 7}, "is empty, after 7 of the 100 that 'total' says"),
        (
            {"more": True},
            {"type": "page_number", "total_path": None, "has_more_path": "more"},
            "is empty, and says by 'more' that there are more; if that is right, write",
        ),
        (
            {"more": True, "next": "a"},
            {**CURSOR, "has_more_path": "more", "stop_after_empty_page": True},
            "is empty, and says by 'more' that there are more; if that is right, write",
        ),
    ],
)
def test_a_list_that_stops_half_way_fails_the_step(
    serve: Serve, reader: SourceReader, *, body: dict[str, JsonValue], paginator: str | Words, expected: str
) -> None:
    api = serve(lambda _: Answer({"data": ROWS if len(api.requests) == 1 else [], **body}))

    assert failure(reader, source(api.url, paginator)).startswith(
        f"127.0.0.1: page 2 of /v1/costs {expected}"
    )


@pytest.mark.parametrize(
    ("link", "where"),
    [
        ("https://elsewhere.example.com/?from=3", "elsewhere.example.com, another host"),
        ("//elsewhere.example.com/?from=3", "elsewhere.example.com, another host"),
        ("http://[", "what is no address"),
    ],
)
def test_a_link_to_elsewhere_is_not_followed(
    serve: Serve, reader: SourceReader, link: str, where: str
) -> None:
    api = serve(lambda _: Answer({"data": ROWS, "next": link}))

    assert (
        failure(reader, source(api.url, "json_link")) == f"127.0.0.1: the next page is said to be at {where}"
    )
    assert len(api.requests) == 1
