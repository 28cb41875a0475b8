"""Pages that are asked for by POST, with the place in the body."""

import json
from typing import Any

import pytest

from shared.adapters.source_reader import SourceReader
from tests.contract.sources.api import Answer, Request
from tests.contract.sources.reading import Serve, Words, failure, read, source
from tests.contract.sources.test_rest_pages import ROWS, slice_of

BY_CURSOR: Words = {"type": "cursor", "cursor_path": "next", "cursor_body_path": "page.from"}
BY_OFFSET: Words = {
    "type": "offset",
    "limit": 3,
    "offset_body_path": "page.from",
    "limit_body_path": "page.size",
}
BY_PAGE: Words = {"type": "page_number", "page_body_path": "page.number", "total_path": "pages"}


def respond(request: Request) -> Answer:
    asked: dict[str, Any] = json.loads(request.body)
    assert asked["query"] == "{ costs }"
    page = asked.get("page", {})
    rows, following = slice_of(int(page.get("from", 3 * page.get("number", 0))))
    return Answer({"data": rows, "next": following, "total": 7, "pages": 3})


@pytest.mark.parametrize("paginator", [BY_CURSOR, BY_OFFSET, BY_PAGE])
def test_every_row_of_every_page_is_read_once(serve: Serve, reader: SourceReader, paginator: Words) -> None:
    api = serve(respond)
    posted = source(api.url, paginator, method="POST", json={"query": "{{ costs }}"})

    assert read(reader, posted) == ROWS
    # The second reading begins where the first one did.
    assert read(reader, posted) == ROWS
    assert len(api.requests) == 6


@pytest.mark.parametrize("paginator", [BY_CURSOR, BY_OFFSET, BY_PAGE])
def test_a_place_that_the_api_does_not_know_fails_the_step(
    serve: Serve, reader: SourceReader, paginator: Words
) -> None:
    api = serve(lambda _: Answer({"data": ROWS[:3], "next": len(api.requests), "total": 7, "pages": 3}))

    assert "page 2 of /v1/costs has the same rows as the page before it" in failure(
        reader, source(api.url, paginator, method="POST", json={"query": "{{ costs }}"})
    )
