"""Lists in the shape of well-known vendors' APIs, each read to its last row."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.adapters.source_reader import SourceReader
from tests.contract.sources.api import Answer, Request
from tests.contract.sources.reading import Serve, Words, read, source

ROWS: list[dict[str, Any]] = [{"id": f"id_{number}", "amount": number} for number in range(5)]


def after(request: Request, name: str, prefix: str = "") -> tuple[list[dict[str, Any]], str | None]:
    """Two rows from where the parameter says, and the parameter's value for the next ones."""
    start = int(request.parameters.get(name, ["0"])[0].removeprefix(prefix))
    return ROWS[start : start + 2], f"{prefix}{start + 2}" if start + 2 < len(ROWS) else None


def openai_or_anthropic(request: Request) -> Answer:
    rows, following = after(request, "page", "page_")
    return Answer({"object": "page", "data": rows, "has_more": following is not None, "next_page": following})


def openai_list(request: Request) -> Answer:
    start = int(request.parameters.get("after", ["id_-1"])[0].removeprefix("id_")) + 1
    rows = ROWS[start : start + 2]
    ends = {"first_id": rows[0]["id"], "last_id": rows[-1]["id"], "has_more": start + 2 < len(ROWS)}
    return Answer({"object": "list", "data": rows, **ends})


def stripe(request: Request) -> Answer:
    start = int(request.parameters.get("starting_after", ["id_-1"])[0].removeprefix("id_")) + 1
    rows = ROWS[start : start + 2]
    return Answer({"object": "list", "url": "/v1/charges", "has_more": start + 2 < len(ROWS), "data": rows})


def github(request: Request) -> Answer:
    page = request.number("page", 1)
    last = '</v1/costs?page=3>; rel="last", </v1/costs?page=1>; rel="first"'
    link = f'</v1/costs?page={page + 1}>; rel="next", {last}' if page < 3 else last
    return Answer(ROWS[2 * page - 2 : 2 * page], headers={"Link": link})


def azure(request: Request) -> Answer:
    rows, following = after(request, "$skiptoken", "t")
    link = {"nextLink": f"http://{request.headers['host']}/v1/costs?$skiptoken={following}"}
    return Answer({"value": rows, **(link if following else {})})


def microsoft_graph(request: Request) -> Answer:
    rows, following = after(request, "$skiptoken", "t")
    link = {"@odata.nextLink": f"http://{request.headers['host']}/v1/costs?$skiptoken={following}"}
    return Answer({"@odata.context": "$metadata#costs", "value": rows, **(link if following else {})})


def jira(request: Request) -> Answer:
    start, most = request.number("startAt"), request.number("maxResults")
    body = {"expand": "names", "startAt": start, "maxResults": most, "total": len(ROWS)}
    return Answer({**body, "issues": ROWS[start : start + most]})


def pages_of_total(request: Request) -> Answer:
    page = request.number("page", 1)
    return Answer({"data": ROWS[2 * page - 2 : 2 * page], "meta": {"current_page": page, "last_page": 3}})


@pytest.mark.parametrize(
    ("respond", "paginator", "selector"),
    [
        (openai_or_anthropic, {"type": "cursor", "cursor_path": "next_page", "cursor_param": "page"}, "data"),
        (
            openai_or_anthropic,
            {
                "type": "cursor",
                "cursor_path": "next_page",
                "cursor_param": "page",
                "has_more_path": "has_more",
            },
            "data[*]",
        ),
        (
            openai_list,
            {
                "type": "cursor",
                "cursor_path": "last_id",
                "cursor_param": "after",
                "has_more_path": "has_more",
            },
            "data",
        ),
        (
            stripe,
            {
                "type": "cursor",
                "cursor_path": "data[-1].id",
                "cursor_param": "starting_after",
                "has_more_path": "has_more",
            },
            "data",
        ),
        (github, {"type": "header_link"}, "$"),
        (azure, {"type": "json_link", "next_url_path": "nextLink"}, "value"),
        (microsoft_graph, {"type": "json_link", "next_url_path": '"@odata.nextLink"'}, "value"),
        (
            jira,
            {"type": "offset", "limit": 2, "offset_param": "startAt", "limit_param": "maxResults"},
            "issues",
        ),
        (pages_of_total, {"type": "page_number", "base_page": 1, "total_path": "meta.last_page"}, "data"),
    ],
)
def test_every_row_is_read_once(
    serve: Serve,
    reader: SourceReader,
    *,
    respond: Callable[[Request], Answer],
    paginator: Words,
    selector: str,
) -> None:
    api = serve(respond)

    assert read(reader, source(api.url, paginator, data_selector=selector)) == ROWS
    assert len(api.requests) == 3
