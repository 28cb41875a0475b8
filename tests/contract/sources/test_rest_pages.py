"""Every way of paging: its end, and the ways in which it goes on for ever or stops half-way."""

import pytest
from pydantic import JsonValue

from shared.adapters.source_reader import SourceReader
from shared.domain.source import RestApiSource
from tests.contract.sources.api import Answer, Request
from tests.contract.sources.reading import CURSOR, Respond, Serve, Words, failure, read, source

ROWS: list[dict[str, JsonValue]] = [{"day": day, "amount": day * 10} for day in range(1, 8)]
OFFSET: Words = {"type": "offset", "limit": 3}


def slice_of(start: int, *, limit: int = 3) -> tuple[list[dict[str, JsonValue]], int | None]:
    """Some of the seven rows, and where the next ones begin."""
    return ROWS[start : start + limit], start + limit if start + limit < len(ROWS) else None


def by_cursor(request: Request) -> Answer:
    rows, following = slice_of(request.number("from"))
    return Answer({"data": rows, "next": following and str(following)})


def by_has_more(request: Request) -> Answer:
    rows, following = slice_of(request.number("from"))
    return Answer({"data": rows, "next": str(following or 99), "has_more": following is not None})


def by_json_link(request: Request) -> Answer:
    rows, following = slice_of(request.number("from"))
    return Answer({"data": rows, "links": {"next": following and f"/v1/costs?from={following}"}})


def by_header_link(request: Request) -> Answer:
    rows, following = slice_of(request.number("from"))
    return Answer(
        {"data": rows}, headers={"Link": f'</v1/costs?from={following}>; rel="next"'} if following else {}
    )


def by_header_cursor(request: Request) -> Answer:
    rows, following = slice_of(request.number("from"))
    return Answer({"data": rows}, headers={"X-Next": str(following)} if following else {})


def by_offset(request: Request) -> Answer:
    return Answer({"data": slice_of(request.number("offset"), limit=request.number("limit"))[0], "total": 7})


def by_page(request: Request) -> Answer:
    return Answer({"data": slice_of(3 * request.number("page"))[0], "total": 3})


WAYS: list[tuple[Respond, str | Words, int]] = [
    (by_cursor, CURSOR, 3),
    (by_has_more, {**CURSOR, "has_more_path": "has_more"}, 3),
    (by_json_link, {"type": "json_link", "next_url_path": "links.next"}, 3),
    (by_header_link, "header_link", 3),
    (by_header_cursor, {"type": "header_cursor", "cursor_key": "X-Next", "cursor_param": "from"}, 3),
    (by_offset, OFFSET, 3),
    (by_offset, {**OFFSET, "total_path": None}, 4),
    (by_page, {"type": "page_number"}, 3),
    (by_page, {"type": "page_number", "total_path": None}, 4),
    (lambda _: Answer({"data": ROWS}), "single_page", 1),
]


@pytest.mark.parametrize(("respond", "paginator", "asked"), WAYS)
def test_every_row_of_every_page_is_read_once(
    serve: Serve, reader: SourceReader, *, respond: Respond, paginator: str | Words, asked: int
) -> None:
    api = serve(respond)

    assert read(reader, source(api.url, paginator)) == ROWS
    assert len(api.requests) == asked


@pytest.mark.parametrize(("respond", "paginator", "asked"), WAYS)
def test_an_empty_list_is_no_failure(
    serve: Serve, reader: SourceReader, *, respond: Respond, paginator: str | Words, asked: int
) -> None:
    api = serve(lambda _: Answer({"data": [], "next": None, "total": 0, "has_more": False, "asked": asked}))

    assert (read(reader, source(api.url, paginator)), len(api.requests)) == ([], 1)


def test_parameters_are_sent_as_yaml_writes_them(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer({"data": []}))
    params = {"all": True, "none": False, "flags": [True, "x", 1], "count": 5, "share": 0.5, "left_out": None}

    read(reader, source(api.url, "single_page", params=params))

    assert api.requests[0].parameters == {
        "all": ["true"],
        "none": ["false"],
        "flags": ["true", "x", "1"],
        "count": ["5"],
        "share": ["0.5"],
    }


def dependent(url: str, field: str) -> RestApiSource:
    """The costs of each project, asked for by a field of the project."""
    costs = {"path": f"projects/{{resources.projects.{field}}}", "data_selector": "data", "paginator": CURSOR}
    return RestApiSource.model_validate(
        {
            "type": "rest_api",
            # What the client says does not count for an endpoint that says something else.
            "client": {"base_url": url, "paginator": "single_page"},
            "resources": [
                {"name": "projects", "endpoint": {"data_selector": "$"}},
                {"name": "costs", "endpoint": costs, "include_from_parent": ["id"]},
            ],
            "resource": "costs",
        }
    )


def of_projects(request: Request) -> Answer:
    return Answer([{"id": "a"}, {"id": "b"}]) if request.path == "/projects" else by_cursor(request)


def test_each_list_of_a_dependent_resource_has_its_own_pages(serve: Serve, reader: SourceReader) -> None:
    api = serve(of_projects)

    rows = read(reader, dependent(api.url, "id"))

    assert rows == [{**row, "_projects_id": project} for project in ("a", "b") for row in ROWS]


def test_a_row_that_another_resource_can_not_be_asked_by_is_named(serve: Serve, reader: SourceReader) -> None:
    api = serve(of_projects)

    assert failure(reader, dependent(api.url, "key")) == (
        "a row of the resource 'projects' has no field 'key', by which another is asked for"
    )


def test_the_pages_of_all_lists_count_together(serve: Serve, reader: SourceReader) -> None:
    api = serve(of_projects)
    source = dependent(api.url, "id")

    assert len(read(reader, source.model_copy(update={"max_pages": 7}))) == 2 * len(ROWS)
    assert "'max_pages' of the source is 6" in failure(reader, source.model_copy(update={"max_pages": 6}))


def test_the_last_two_pages_of_a_list_by_cursor_may_be_equal(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda request: Answer({"data": [{"a": 1}], "next": None if request.number("from") else "1"}))

    assert read(reader, source(api.url, CURSOR)) == [{"a": 1}, {"a": 1}]


def test_empty_pages_on_the_way_are_followed(serve: Serve, reader: SourceReader) -> None:
    def respond(request: Request) -> Answer:
        page = request.number("from")
        return Answer({"data": [{"a": 1}] if page == 3 else [], "next": None if page == 3 else str(page + 1)})

    api = serve(respond)

    assert read(reader, source(api.url, CURSOR)) == [{"a": 1}]


def test_as_many_pages_as_max_pages_are_read(serve: Serve, reader: SourceReader) -> None:
    api = serve(by_cursor)

    assert read(reader, source(api.url, CURSOR).model_copy(update={"max_pages": 3})) == ROWS


@pytest.mark.parametrize(
    ("body", "paginator"),
    [
        ({"data": ROWS, "kind": "costs"}, {**CURSOR, "optional": True}),
        ({"data": ROWS}, CURSOR),
        ({"data": ROWS, "next": ""}, {"type": "json_link"}),
        ({"data": ROWS}, "header_link"),
    ],
)
def test_one_page_that_has_all_is_enough(
    serve: Serve, reader: SourceReader, body: JsonValue, paginator: str | Words
) -> None:
    api = serve(lambda _: Answer(body))

    assert (read(reader, source(api.url, paginator)), len(api.requests)) == (ROWS, 1)
