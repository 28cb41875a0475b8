"""Lists by number that end before all is read: the rows or pages that were read are held to what was said of them."""

from typing import Any

import pytest
from pydantic import JsonValue

from shared.adapters.source_reader import SourceReader
from shared.domain.errors import TransientError
from tests.contract.sources.api import Answer, Request
from tests.contract.sources.reading import CURSOR, Serve, Words, failure, read, source

Bodies = list[JsonValue]
JIRA: Words = {
    "type": "offset",
    "limit": 1000,
    "offset_param": "startAt",
    "limit_param": "maxResults",
    "total_path": "total",
}
PAGES: Words = {"type": "page_number", "base_page": 1, "total_path": "total_pages"}
TEN: Words = {"type": "offset", "limit": 10}


def rows(first: int, count: int) -> list[dict[str, Any]]:
    return [{"n": number, "fields": {"n": number}} for number in range(first, first + count)]


def capped(request: Request) -> Answer:
    """Jira's search, which gives at most 100 of the 350 however many are asked for."""
    start, most = request.number("startAt"), min(request.number("maxResults"), 100)
    issues = rows(start, min(most, 350 - start))
    return Answer({"startAt": start, "maxResults": most, "total": 350, "issues": issues})


@pytest.mark.parametrize("selector", ["issues", "issues[*]", "issues[*].fields"])
def test_a_page_size_that_the_api_caps_fails_the_step(
    serve: Serve, reader: SourceReader, selector: str
) -> None:
    api = serve(capped)

    assert failure(reader, source(api.url, JIRA, data_selector=selector)) == (
        "127.0.0.1: page 1 of /v1/costs is the last, and the list has 100 of the 350 rows that 'total' says; "
        "set 'limit' to what the API gives at most"
    )
    assert len(read(reader, source(api.url, {**JIRA, "limit": 100}, data_selector=selector))) == 350
    assert len(read(reader, source(api.url, {**JIRA, "maximum_offset": 1000}, data_selector=selector))) == 100


@pytest.mark.parametrize(
    ("paginator", "says"),
    [
        ({**JIRA, "total_path": None}, "says by 'maxResults' that these are all it gives"),
        ({**JIRA, "total_path": None, "has_more_path": "more"}, "says by 'more' that there are more"),
    ],
)
def test_a_page_size_that_is_capped_fails_the_step_without_a_total(
    serve: Serve, reader: SourceReader, paginator: Words, says: str
) -> None:
    def respond(request: Request) -> Answer:
        answer = capped(request)
        return Answer({**answer.body, "more": request.number("startAt") + 100 < 350})

    api = serve(respond)

    assert failure(reader, source(api.url, paginator, data_selector="issues")) == (
        f"127.0.0.1: page 1 of /v1/costs has 100 of the 1,000 rows that were asked for, and {says}; set 'limit' to "
        "what the API gives at most"
    )
    assert len(read(reader, source(api.url, {**paginator, "limit": 100}, data_selector="issues"))) == 350


@pytest.mark.parametrize(
    ("paginator", "total", "expected"),
    [
        ({"type": "offset", "limit": 3}, -1, "has rows, and 'total' says -1"),
        (
            {"type": "offset", "limit": 3, "has_more_path": "more"},
            3,
            "is the last by 'total', and says by 'more' that there are more",
        ),
        ({"type": "offset", "limit": 3}, 2, "has rows, and 'total' says 2"),
        ({"type": "page_number"}, 0, "has rows, and 'total' says 0"),
        ({"type": "offset", "limit": 3}, True, "has 'total', which is not a whole number"),
        ({"type": "offset", "limit": 3}, 3.5, "has 'total', which is not a whole number"),
    ],
)
def test_a_total_that_is_none_ends_no_list(
    serve: Serve, reader: SourceReader, *, paginator: Words, total: JsonValue, expected: str
) -> None:
    api = serve(lambda _: Answer({"data": rows(0, 3), "total": total, "more": True}))

    assert failure(reader, source(api.url, paginator)).startswith(
        f"127.0.0.1: page 1 of /v1/costs {expected}"
    )


def test_a_list_that_begins_in_the_middle_is_counted_from_there(serve: Serve, reader: SourceReader) -> None:
    api = serve(capped)
    rest = source(api.url, {**JIRA, "limit": 100, "offset": 240}, data_selector="issues")

    assert len(read(reader, rest)) == 110


@pytest.mark.parametrize(
    ("paginator", "bodies", "expected"),
    [
        (
            PAGES,
            [
                {"total_pages": 10, "data": rows(0, 2)},
                {"total_pages": 10, "data": rows(2, 2)},
                {"total_pages": 10, "data": []},
            ],
            (
                "page 3 of /v1/costs is empty, though 'total_pages' says 10 pages; if it counts rows, write "
                "'total_path: null'"
            ),
        ),
        (
            {"type": "page_number", "base_page": 1},
            [{"total": 10, "data": rows(0, 2)}, {"data": []}],
            "page 2 of /v1/costs is empty, though 'total' says 10 pages; if it counts rows, write 'total_path: null'",
        ),
        (
            TEN,
            [{"total": 100, "data": rows(0, 10)}, {"data": []}],
            "page 2 of /v1/costs is empty, after 10 of the 100 that 'total' says",
        ),
        (
            TEN,
            [{"total": "100", "data": rows(0, 10)}, {"data": []}],
            "page 2 of /v1/costs is empty, after 10 of the 100 that 'total' says",
        ),
        (
            TEN,
            [{"total": 100, "data": rows(0, 10)}, Answer(b"", status=204)],
            "page 2 of /v1/costs is empty, after 10 of the 100 that 'total' says",
        ),
        # Begins in the middle, as no checked file does.
        (
            {"type": "page_number", "page": 1, "total_path": "total_pages"},
            [{"total_pages": 2, "data": rows(0, 2)}],
            (
                "page 1 of /v1/costs is the last, and the list has 1 of the 2 pages that 'total_pages' says; is "
                "'base_page' the number of the first page?"
            ),
        ),
    ],
)
def test_a_list_that_was_promised_to_go_on_fails_the_step(
    serve: Serve, reader: SourceReader, *, paginator: Words, bodies: list[Any], expected: str
) -> None:
    api = serve(lambda _: as_answer(bodies[len(api.requests) - 1]))

    assert failure(reader, source(api.url, paginator)) == f"127.0.0.1: {expected}"
    assert len(api.requests) == len(bodies)


@pytest.mark.parametrize(
    ("paginator", "bodies", "expected"),
    [
        (
            TEN,
            [{"total": 100, "data": rows(0, 10)}, {"data": None, "total": 0}],
            (
                "127.0.0.1: 'total' of page 2 of /v1/costs says 0, that of a page before it 100: the list changed "
                "while it was read"
            ),
        ),
        (
            TEN,
            [{"total": 12, "data": rows(0, 10)}, {"total": 11, "data": rows(10, 1)}],
            (
                "127.0.0.1: 'total' of page 2 of /v1/costs says 11, that of a page before it 12: the list changed "
                "while it was read"
            ),
        ),
        (
            TEN,
            [{"total": 100, "data": rows(0, 10)}, Answer(b"")],
            "127.0.0.1 broke off page 2 of /v1/costs",
        ),
        (
            {**CURSOR, "has_more_path": "more"},
            [{"next": "a", "more": True, "data": rows(0, 10)}, Answer(b" ")],
            "127.0.0.1 broke off page 2 of /v1/costs",
        ),
    ],
)
def test_a_list_that_breaks_off_is_left_for_later(
    serve: Serve, reader: SourceReader, *, paginator: Words, bodies: list[Any], expected: str
) -> None:
    api = serve(lambda _: as_answer(bodies[min(len(api.requests), len(bodies)) - 1]))

    with pytest.raises(TransientError) as caught:
        read(reader, source(api.url, paginator))

    assert (str(caught.value), caught.value.kind) == (expected, "unavailable")


def test_a_page_that_comes_without_a_body_is_asked_for_again(serve: Serve, reader: SourceReader) -> None:
    answers = [Answer({"data": rows(0, 1), "next": "a"}), Answer(b""), Answer({"data": rows(1, 1)})]
    api = serve(lambda _: answers[len(api.requests) - 1])

    assert read(reader, source(api.url)) == rows(0, 2)
    assert [request.parameters.get("from") for request in api.requests] == [None, ["a"], ["a"]]


@pytest.mark.parametrize(
    ("paginator", "bodies"),
    [
        # The total may be one of rows, of which the last page has fewer than could be.
        ({"type": "page_number"}, [{"total": 3, "data": rows(0, 2)}, {"total": 3, "data": rows(2, 1)}, {"data": []}]),
        # A row was added while the list was read.
        (TEN, [{"total": 11, "data": rows(0, 10)}, {"total": 12, "data": rows(10, 2)}]),
        (CURSOR, [{"next": "a", "data": rows(0, 2)}, Answer(b"", status=204)]),
        ({**TEN, "total_path": None}, [{"data": rows(0, 10)}, {"data": None}]),
    ],
)  # fmt: skip
def test_a_list_that_has_all_is_no_failure(
    serve: Serve, reader: SourceReader, *, paginator: Words, bodies: list[Any]
) -> None:
    api = serve(lambda _: as_answer(bodies[len(api.requests) - 1]))

    read_rows = read(reader, source(api.url, paginator))

    assert read_rows == rows(0, len(read_rows))
    assert len(api.requests) == len(bodies)


def as_answer(body: Any) -> Answer:
    return body if isinstance(body, Answer) else Answer(body)
