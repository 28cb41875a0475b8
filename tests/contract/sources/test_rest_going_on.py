"""APIs that are asked from where an earlier reading ended, over real HTTP."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.adapters.source_reader import SourceReader
from shared.domain.errors import StepError
from shared.domain.parameter import ParameterValue
from shared.domain.progress import Memory, Progress
from shared.domain.source import RestApiSource
from tests.contract.sources.api import Answer, Api, Request
from tests.contract.sources.reading import CURSOR, Serve, source
from tests.fakes.reader import one_by_one

Rows = list[dict[str, Any]]
SINCE: dict[str, Any] = {"cursor_path": "at", "initial_value": "2025-01-01", "lag": 0, "start_param": "since"}


def growing(rows: Rows) -> Callable[[Request], Answer]:
    """Gives these rows, whatever it is asked, two on a page."""

    def respond(request: Request) -> Answer:
        first = int(request.parameters.get("from", ["0"])[0])
        following = first + 2 if first + 2 < len(rows) else None
        return Answer({"data": rows[first : first + 2], "next": following and str(following)})

    return respond


def read_from(
    reader: SourceReader,
    source: RestApiSource,
    cursor: str | None = None,
    *,
    began_at: datetime | None = None,
    **given: Any,
) -> tuple[Rows, str | None]:
    """The rows that are read after the cursor, and where it is then."""
    kept: list[Progress] = []
    memory = Memory(Progress(cursor=cursor), kept.append, began_at or datetime.now(UTC))
    rows = list(one_by_one(reader.read(source, tenant_id="acme", parameters=(), memory=memory, **given)))
    [progress] = kept
    return rows, progress.cursor


def asked(api: Api) -> list[str | None]:
    """By what value each first page was asked."""
    firsts = [request for request in api.requests if "from" not in request.parameters]
    return [request.parameters.get("since", [None])[0] for request in firsts]


def test_each_run_asks_from_the_greatest_value_that_was_read(serve: Serve, reader: SourceReader) -> None:
    rows = [{"id": number, "at": f"2025-11-15T10:30:0{number}Z"} for number in (1, 3, 2)]
    api = serve(growing(rows))
    costs = source(api.url, incremental=SINCE)

    assert read_from(reader, costs) == (rows, '"2025-11-15T10:30:03Z"')
    rows.append({"id": 4, "at": "2025-11-15T12:30:03.5+02:00"})
    assert read_from(reader, costs, '"2025-11-15T10:30:03Z"') == (rows, '"2025-11-15T12:30:03.5+02:00"')
    rows.clear()
    assert read_from(reader, costs, '"2025-11-15T10:30:03Z"') == ([], '"2025-11-15T10:30:03Z"')
    rows.append({"id": 1, "at": "2025-11-15T10:30:01Z"})
    assert read_from(reader, costs, '"2025-11-15T10:30:03Z"')[1] == '"2025-11-15T10:30:03Z"'

    assert asked(api) == ["2025-01-01", *["2025-11-15T10:30:03Z"] * 3]
    assert {request.parameters["since"][0] for request in api.requests} == {
        "2025-01-01",
        "2025-11-15T10:30:03Z",
    }


@pytest.mark.parametrize(
    ("words", "cursor", "begins"),
    [
        ({"lag": 3600}, '"2025-11-15T10:30:00.250Z"', "2025-11-15T09:30:00.250Z"),
        ({"lag": 86400 * 400}, '"2025-11-15"', "2025-01-01"),
        ({"lag": 2}, '"2025-11-15"', "2025-11-13"),
        ({"convert": "unix", "lag": 60}, '"2025-11-15T12:30:00.999+02:00"', "1763202540"),
        ({"convert": "unix_ms"}, '"2025-11-15T10:30:00.999Z"', "1763202600999"),
        ({"convert": "date"}, '"2025-11-15T00:30:00+02:00"', "2025-11-14"),
        ({"convert": "rfc3339"}, '"2025-11-15"', "2025-11-15T00:00:00Z"),
        ({"convert": "unix"}, None, "1735689600"),
        ({"initial_value": 0, "lag": 60}, "1763202600", "1763202540"),
        ({"initial_value": 0, "lag": 60}, "1763202600.5", "1763202540.5"),
        ({"initial_value": "0", "lag": 1}, '"9007199254740993"', "9007199254740992"),
        ({"initial_value": "01AA"}, '"01ARZ3"', "01ARZ3"),
        ({"initial_value": "a{b}"}, None, "a{b}"),
    ],
)
def test_what_is_asked_is_written_as_the_api_wants_it(
    serve: Serve, reader: SourceReader, words: dict[str, Any], cursor: str | None, begins: str
) -> None:
    api = serve(growing([]))
    said = {**SINCE, **words}
    param = {key: value for key, value in said.items() if key != "start_param"}

    read_from(reader, source(api.url, incremental=said), cursor)
    read_from(reader, source(api.url, params={"since": {"type": "incremental", **param}}), cursor)
    read_from(
        reader, source(api.url, incremental=param, params={"since": "{incremental.start_value}"}), cursor
    )

    assert asked(api) == [begins] * 3


def test_a_body_holds_the_value_as_it_is_and_within_texts(serve: Serve, reader: SourceReader) -> None:
    api = serve(growing([]))
    words = {"cursor_path": "meta.at", "initial_value": 0, "lag": 5}
    body = {"since": "{incremental.start_value}", "query": "{{ rows(after: {incremental.start_value}) }}"}

    read_from(reader, source(api.url, method="POST", json=body, incremental=words), "12")

    assert [json.loads(request.body) for request in api.requests] == [
        {"since": 7, "query": "{ rows(after: 7) }"}
    ]


def test_numbers_are_in_their_order_also_where_they_are_text(serve: Serve, reader: SourceReader) -> None:
    api = serve(growing([{"meta": {"at": at}} for at in ("9", "10", "9007199254740993")]))
    words = {**SINCE, "cursor_path": "meta.at", "initial_value": "1"}

    assert read_from(reader, source(api.url, incremental=words))[1] == '"9007199254740993"'


@pytest.mark.parametrize("newest", ["2025-11-15T10:30:01Z", "2099-01-01T00:00:00Z"])
def test_what_is_written_while_it_is_read_or_has_not_come_yet_keeps_no_other_from_being_read(
    serve: Serve, reader: SourceReader, newest: str
) -> None:
    api = serve(growing([{"at": newest}]))
    began_at = datetime(2025, 11, 15, 10, 30, tzinfo=UTC)

    _, cursor = read_from(reader, source(api.url, incremental=SINCE), began_at=began_at)

    assert cursor == '"2025-11-15T10:30:00Z"'


def test_a_row_without_a_value_fails_the_step_unless_it_is_said_what_to_do(
    serve: Serve, reader: SourceReader
) -> None:
    rows: Rows = [{"id": 1, "at": "2025-11-15"}, {"id": 2, "at": None}, {"id": 3}]
    api = serve(growing(rows))

    with pytest.raises(
        StepError, match=r"gives row 2 without a value at 'at'.*'on_cursor_value_missing: include'"
    ):
        read_from(reader, source(api.url, incremental=SINCE))
    for said, count in (("include", 3), ("exclude", 1)):
        costs = source(api.url, incremental={**SINCE, "on_cursor_value_missing": said})
        assert read_from(reader, costs) == (rows[:count], '"2025-11-15"')


@pytest.mark.parametrize(
    "values", [["2025-11-15T10:30:00Z", 1763202600], ["2025-11-15", "today"], ["9", "a"]]
)
def test_values_that_cannot_be_compared_fail_the_step(
    serve: Serve, reader: SourceReader, values: list[Any]
) -> None:
    api = serve(growing([{"at": value} for value in values]))

    with pytest.raises(
        StepError, match=r"gives row 2 with a .* at 'at', after a .*nobody can say which comes first"
    ):
        read_from(reader, source(api.url, incremental=SINCE))


def test_nothing_is_kept_of_a_reading_that_did_not_get_to_its_end(serve: Serve, reader: SourceReader) -> None:
    def respond(request: Request) -> Answer:
        if "from" in request.parameters:
            return Answer({"error": "gone"}, status=410)
        return Answer({"data": [{"at": "2025-11-15"}], "next": "2"})

    kept: list[Progress] = []
    api = serve(respond)

    with pytest.raises(StepError, match="410"):
        list(
            reader.read(
                source(api.url, CURSOR, incremental=SINCE),
                tenant_id="acme",
                parameters=(ParameterValue(name="days", type="date_range", text="2025-11-01/2025-11-02"),),
                memory=Memory(Progress(), kept.append, datetime.now(UTC)),
            )
        )
    assert kept == []
