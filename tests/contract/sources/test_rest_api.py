"""REST sources as OpenAI's and Anthropic's cost reports want to be asked, over real HTTP."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.source_reader import SourceReader
from shared.domain.errors import StepError, TransientError
from shared.domain.parameter import ParameterValue
from shared.domain.source import RestApiSource
from tests.contract.sources.api import Answer, Api, Request
from tests.contract.sources.conftest import SECRET
from tests.contract.sources.cost_reports import anthropic_costs, openai_costs
from tests.fakes.reader import one_by_one

Serve = Callable[[Callable[[Request], Answer]], Api]
NOVEMBER = ParameterValue(name="date_range", type="date_range", text="2025-11-01/2025-11-02")


def two_pages(request: Request) -> Answer:
    second = request.parameters.get("page") == ["page_2"]
    day = 1762041600 if second else 1761955200
    amount = {"value": 0.06 if second else 1.25, "currency": "usd"}
    bucket = {
        "object": "bucket",
        "start_time": day,
        "end_time": day + 86400,
        "results": [
            {"object": "organization.costs.result", "amount": amount, "line_item": None, "project_id": "p"}
        ],
    }
    return Answer({"data": [bucket], "has_more": not second, "next_page": None if second else "page_2"})


def read(reader: SourceReader, source: RestApiSource) -> list[dict[str, Any]]:
    return list(one_by_one(reader.read(source, tenant_id="acme", parameters=(NOVEMBER,))))


def test_every_page_of_openai_costs_is_read_with_the_secret_as_bearer(
    serve: Serve, reader: SourceReader
) -> None:
    api = serve(two_pages)

    rows = read(reader, openai_costs(api.url))

    assert [row["start_time"] for row in rows] == [1761955200, 1762041600]
    assert [row["results"][0]["amount"]["value"] for row in rows] == [1.25, 0.06]
    assert [request.headers["authorization"] for request in api.requests] == [f"Bearer {SECRET}"] * 2
    assert api.requests[0].path == "/v1/organization/costs"
    assert api.requests[0].parameters == {
        "start_time": ["1761955200"],
        "end_time": ["1762128000"],
        "group_by[]": ["project_id", "line_item"],
        "limit": ["1"],
    }
    assert api.requests[1].parameters["page"] == ["page_2"]


def test_fields_get_the_names_and_types_that_the_source_says(serve: Serve, reader: SourceReader) -> None:
    api = serve(two_pages)
    columns = {"began_at": {"from": "start_time", "type": "INTEGER"}, "kind": {"from": "object"}}
    source = openai_costs(api.url)

    rows = read(reader, RestApiSource.model_validate(source.model_dump() | {"columns": columns}))

    assert [sorted(row) for row in rows] == [["began_at", "end_time", "kind", "results"]] * 2
    assert [row["began_at"] for row in rows] == [1761955200, 1762041600]


def test_a_value_of_another_type_is_told_by_its_row_and_resource(serve: Serve, reader: SourceReader) -> None:
    api = serve(two_pages)
    source = openai_costs(api.url)
    columns = {"began_on": {"from": "start_time", "type": "DATE"}}

    with pytest.raises(StepError) as failure:
        read(reader, RestApiSource.model_validate(source.model_dump() | {"columns": columns}))

    assert str(failure.value) == (
        "row 1 of resource 'costs': 'start_time', to be 'began_on', must be DATE, but is no day such as 2025-11-15"
    )


def test_anthropic_costs_are_read_with_their_headers_and_days(serve: Serve, reader: SourceReader) -> None:
    api = serve(
        lambda _: Answer(
            {
                "data": [
                    {
                        "starting_at": "2025-11-01T00:00:00Z",
                        "results": [{"amount": "123.45"}, {"amount": "0.01"}],
                    },
                    {"starting_at": "2025-11-02T00:00:00Z", "results": []},
                ],
                "has_more": False,
                "next_page": None,
            }
        )
    )

    rows = read(reader, anthropic_costs(api.url))

    assert rows == [{"amount": "123.45"}, {"amount": "0.01"}]
    assert api.requests[0].headers["x-api-key"] == SECRET
    assert api.requests[0].headers["anthropic-version"] == "2023-06-01"
    assert api.requests[0].parameters == {
        "starting_at": ["2025-11-01T00:00:00Z"],
        "ending_at": ["2025-11-03T00:00:00Z"],
    }


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_an_answer_that_stays_the_same_fails_the_step(
    serve: Serve, reader: SourceReader, status: int
) -> None:
    api = serve(lambda _: Answer({"error": {"message": f"bad key {SECRET}"}}, status=status))

    with pytest.raises(StepError, match=f"127.0.0.1 answered {status}") as failure:
        read(reader, openai_costs(api.url))

    assert_nothing_is_told(failure.value)
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    ("status", "headers", "kind", "pause", "asked"),
    [
        (429, {"Retry-After": "3600"}, "rate_limit", 3600, 1),
        (429, {"Retry-After": "0"}, "rate_limit", 0, 3),
        (503, {}, "unavailable", None, 3),
    ],
)
def test_an_answer_that_may_change_is_asked_for_again_and_then_left_for_later(
    serve: Serve,
    reader: SourceReader,
    *,
    status: int,
    headers: dict[str, str],
    kind: str,
    pause: int | None,
    asked: int,
) -> None:
    api = serve(lambda _: Answer({"error": SECRET}, status=status, headers=headers))

    with pytest.raises(TransientError, match=f"127.0.0.1 answered {status}") as failure:
        read(reader, openai_costs(api.url))

    assert_nothing_is_told(failure.value)
    assert (failure.value.kind, failure.value.retry_after_seconds) == (kind, pause)
    assert len(api.requests) == asked


def test_an_answer_that_comes_right_the_second_time_is_no_failure(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda request: Answer(status=503) if len(api.requests) == 1 else two_pages(request))

    rows = read(reader, openai_costs(api.url))

    assert len(rows) == 2


def test_an_api_that_is_not_there_is_left_for_later(reader: SourceReader) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(TransientError, match="could not be reached") as failure:
            read(reader, openai_costs(url))

    assert_nothing_is_told(failure.value)


def test_values_that_are_no_objects_fail_the_step(serve: Serve, reader: SourceReader) -> None:
    api = serve(lambda _: Answer({"data": [SECRET, SECRET], "has_more": False, "next_page": None}))

    with pytest.raises(StepError, match="set its data_selector") as failure:
        read(reader, openai_costs(api.url))

    assert_nothing_is_told(failure.value)


def test_settings_that_dlt_does_not_know_fail_the_step(reader: SourceReader) -> None:
    source = RestApiSource.model_validate(
        {
            "type": "rest_api",
            "client": {
                "base_url": "http://127.0.0.1:9",
                "auth": {"type": "bearer", "token": {"secret": "api_key"}},
                "paginator": "single_page",
            },
            "resources": [{"name": "costs", "endpoint": {"data_selector": "data", "data_selektor": "data"}}],
        }
    )

    with pytest.raises(StepError) as failure:
        read(reader, source)

    assert_nothing_is_told(failure.value)


def test_a_secret_that_is_missing_is_named(reader: SourceReader) -> None:
    source = openai_costs("http://127.0.0.1:9").model_copy(
        update={"client": {"auth": {"type": "bearer", "token": {"secret": "nobody"}}}}
    )

    with pytest.raises(StepError, match="Secret 'nobody' is needed"):
        read(reader, source)


def test_reading_leaves_no_files_and_no_words_behind(
    serve: Serve,
    reader: SourceReader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    api = serve(two_pages)

    read(reader, openai_costs(api.url))

    assert list(home.rglob("*")) == []
    assert capfd.readouterr() == ("", "")
    assert os.environ["RUNTIME__DLTHUB_TELEMETRY"] == "false"


def assert_nothing_is_told(error: BaseException | None) -> None:
    """No error in the chain that a traceback would print holds the secret."""
    while error is not None:
        assert SECRET not in json.dumps([str(error), repr(error)])
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
