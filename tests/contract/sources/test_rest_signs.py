"""A list that ends for the paginator while the answer says that more follow."""

from typing import Any

import pytest

from shared.adapters.source_reader import SourceReader
from tests.contract.sources.api import Answer
from tests.contract.sources.reading import CURSOR, Serve, Words, failure, read, source
from tests.contract.sources.test_rest_pages import ROWS

MORE = "that more follow; choose the paginator that reads them, or 'first_page_only: true' for the first page alone"


@pytest.mark.parametrize(
    ("beside", "sign"),
    [
        ({"has_more": True}, "has_more"),
        ({"hasNextPage": True}, "hasNextPage"),
        ({"next_page_token": "abc"}, "next_page_token"),
        ({"@odata.nextLink": "https://…"}, "@odata.nextLink"),
        ({"links": {"next": {"href": "/v1/costs?page=2"}}}, "next"),
        ({"meta": {"next_cursor": "abc"}}, "next_cursor"),
        ({"next_page": 2, "total_pages": 5}, "next_page"),
        ({"nextToken": 17}, "nextToken"),
        ({"page": 1, "total_pages": 5, "total": 50}, "total_pages"),
        ({"page": 0, "totalPages": 2}, "totalPages"),
        ({"meta": {"current_page": 1, "last_page": 2}}, "last_page"),
        ({"startAt": 0, "maxResults": 7, "total": 50}, "total"),
        ({"pagination": {"totalCount": 8}}, "totalCount"),
    ],
)
def test_a_single_page_that_says_more_follow_fails_the_step(
    serve: Serve, reader: SourceReader, beside: dict[str, Any], sign: str
) -> None:
    api = serve(lambda _: Answer({"data": ROWS, **beside}))

    expected = f"127.0.0.1: page 1 of /v1/costs is the last to its paginator, and says by '{sign}' {MORE}"
    assert failure(reader, source(api.url, "single_page")) == expected
    assert read(reader, source(api.url, {"type": "single_page", "first_page_only": True})) == ROWS


def test_a_link_header_says_it_too(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer(ROWS, headers={"Link": '</v1/costs?page=2>; rel="next"'}))

    assert "says by 'Link' that more follow" in failure(
        reader, source(api.url, "single_page", data_selector="$")
    )


@pytest.mark.parametrize(
    "beside",
    [
        {
            "has_more": False,
            "next": None,
            "next_cursor": "",
            "links": {"next": None, "prev": "/"},
            "meta": {"next": {}},
        },
        {"page": 1, "total_pages": 1, "total": 7, "next_page": 0, "meta": {"totalCount": 5}},
        {"page": 0, "totalPages": 1, "total": 1234.5, "last_page": True},
        {"page": 5, "total_pages": 5},
        {"next": 5, "next_update": "2025-11-01", "more": "x", "prev": "abc", "page": 1, "paging": []},
    ],
)
def test_what_only_looks_like_more_is_no_sign(
    serve: Serve, reader: SourceReader, beside: dict[str, Any]
) -> None:
    api = serve(lambda _: Answer({"data": ROWS, **beside}))

    assert read(reader, source(api.url, "single_page")) == ROWS


def test_a_row_of_its_own_is_not_looked_into(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer({"id": 1, "next": "tomorrow", "has_more": True}))

    assert len(read(reader, source(api.url, "single_page", data_selector="$"))) == 1


def test_rows_that_are_nested_in_those_that_are_counted_are_no_sign(
    serve: Serve, reader: SourceReader
) -> None:
    api = serve(lambda _: Answer({"data": [{"in": ROWS[:4]}, {"in": ROWS[4:]}], "total": 2, "count": 99}))

    assert read(reader, source(api.url, "single_page", data_selector="data[*].in[*]")) == ROWS


@pytest.mark.parametrize(
    ("body", "paginator", "asked"),
    [
        # The cursor of the page before this one.
        ({"data": ROWS, "prev": None, "next": "abc"}, {**CURSOR, "cursor_path": "prev"}, 1),
        # How many rows this page has.
        ({"data": ROWS, "count": 7, "next": "abc"}, {"type": "offset", "limit": 7, "total_path": "count"}, 1),
    ],
)
def test_a_paginator_that_looks_at_the_wrong_thing_fails_the_step(
    serve: Serve, reader: SourceReader, body: dict[str, Any], paginator: Words, asked: int
) -> None:
    api = serve(lambda _: Answer(body))

    assert "says by 'next' that more follow" in failure(reader, source(api.url, paginator))
    assert len(api.requests) == asked


def test_pages_that_are_counted_from_another_number_fail_the_step(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda request: Answer({"data": ROWS if request.number("page") else [], "total": 1}))

    assert failure(reader, source(api.url, "page_number")) == (
        "127.0.0.1: page 1 of /v1/costs is empty, and 'total' says 1; does the API count its pages from another number "
        "('base_page')?"
    )
    assert read(reader, source(api.url, {"type": "page_number", "base_page": 1})) == ROWS
