"""Requests as people and programs send them by mistake: none of them starts a run or is half understood."""

import codecs
import gzip
import json
from typing import Any

import pytest

from functions.runs.main import answer as answer_of_runs
from functions.triggers.main import answer as answer_of_triggers
from tests.fakes.acme import CHAIN
from tests.fakes.delivery import start
from tests.fakes.tokens import MemoryTokens
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.functions.asking import answered, request_of, with_key

RUN = "/api/v1/pipelines/run/acme/demo/cost/chain"
RUNS = "/api/v1/pipelines/runs"
DAYS = '{"parameters": {"days": "last_7_days"}}'


def asked(
    world: MemoryWorld,
    path: str = RUN,
    *,
    method: str = "POST",
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
    content_type: str = "application/json",
) -> tuple[int, dict[str, Any]]:
    answer = answer_of_triggers if path.startswith(f"{RUN}") else answer_of_runs
    request = request_of(method, path, body=body, headers=with_key(headers), content_type=content_type)
    return answered(request, lambda asked: answer(asked, world))


@pytest.mark.parametrize("query", ["days=2025-11-01/2025-11-07", "dry_run=true"])
def test_parameters_in_the_address_of_a_trigger_are_refused_and_told_where_they_belong(query: str) -> None:
    world = memory_world()

    status, problem = asked(world, f"{RUN}?{query}")

    assert (status, problem["code"], problem["detail"]) == (400, "invalid_query", "The query is wrong")
    assert problem["errors"] == [
        {
            "pointer": query.partition("=")[0],
            "detail": "this call takes no query string; write it into the body: "
            '{"parameters": {"name": "value"}, "dry_run": true}',
        }
    ]
    assert world.log.events == []


def test_a_backfills_dry_run_in_the_address_is_no_backfill() -> None:
    world = memory_world()
    body = '{"date_range": "2025-11-01/2025-11-07"}'

    status, problem = asked(world, f"{RUN}/backfill?dry_run=true", body=body)

    assert (status, [each["pointer"] for each in problem["errors"]]) == (400, ["dry_run"])
    assert '"dry_run": true' in problem["errors"][0]["detail"]
    assert world.log.events == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "runs/{run_id}"),
        ("DELETE", "runs/{run_id}"),
        ("POST", "runs/{run_id}/rerun"),
        ("GET", "backfills/{run_id}"),
        ("DELETE", "backfills/{run_id}"),
    ],
)
def test_every_call_about_a_run_or_backfill_refuses_a_query_string(method: str, path: str) -> None:
    world = memory_world()
    run = start(world, CHAIN)
    before = list(world.log.events)
    address = f"/api/v1/pipelines/{path.format(run_id=run.run_id)}?force=true"

    status, problem = asked(world, address, method=method)

    assert (status, problem["code"]) == (400, "invalid_query")
    assert [each["pointer"] for each in problem["errors"]] == ["force"]
    assert world.log.events == before


@pytest.mark.parametrize("path", ["runs/{run_id}", "backfills/{run_id}"])
def test_a_cancel_that_says_more_than_it_may_cancels_nothing(path: str) -> None:
    world = memory_world()
    run = start(world, CHAIN)
    before = list(world.log.events)

    address = f"/api/v1/pipelines/{path.format(run_id=run.run_id)}"
    status, problem = asked(world, address, method="DELETE", body='{"dry_run": true}')

    assert (status, problem["code"]) == (400, "invalid_body")
    assert problem["errors"] == [{"pointer": "/dry_run", "detail": "this call takes no field"}]
    assert world.log.events == before


def test_a_cancel_with_an_empty_body_is_one() -> None:
    world = memory_world()
    run = start(world, CHAIN)

    assert asked(world, f"{RUNS}/{run.run_id}", method="DELETE", body="{}")[0] == 200


def test_the_schedulers_call_for_every_pipeline_refuses_a_query_string() -> None:
    world = memory_world(tokens=MemoryTokens({"good": "scheduler"}))
    request = request_of("POST", "/api/v1/pipelines/tick?minute=1", headers={"Authorization": "Bearer good"})

    status, problem = answered(
        request, lambda asked: answer_of_triggers(asked, world, scheduler_account="scheduler")
    )

    assert (status, problem["code"]) == (400, "invalid_query")


@pytest.mark.parametrize(
    ("query", "pointer", "detail"),
    [
        ("pipeline=x", "pipeline", "Did you mean 'pipeline_id'?"),
        ("Limit=5", "Limit", "Did you mean 'limit'?"),
        ("status=succes", "status", "Did you mean 'SUCCESS'?"),
        ("limit=1&limit=2", "limit", "is here twice; say it once"),
        ("status=FAILED&status=SUCCESS", "status", "is here twice; say it once"),
    ],
)
def test_an_unknown_word_of_a_lists_query_is_told_with_the_nearest_one(
    query: str, pointer: str, detail: str
) -> None:
    status, problem = asked(memory_world(), f"{RUNS}?{query}", method="GET")

    assert status == 400
    assert [each["pointer"] for each in problem["errors"]] == [pointer]
    assert problem["errors"][0]["detail"].endswith(detail)


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        (
            '{"parameters": {}, "parameters": {"days": "yesterday"}}',
            "/parameters",
            "is here twice; say it once",
        ),
        (
            '{"parameters": {"days": "yesterday", "days": "last_7_days"}}',
            "/parameters/days",
            "is here twice; say it once",
        ),
        ('{"parameters": {"days": NaN}}', "/parameters/days", "NaN is not a number in JSON"),
        (
            '{"parameter": {}}',
            "/parameter",
            (
                "'parameter' is not a field of this body; it takes parameters, idempotency_key, dry_run. "
                "Did you mean 'parameters'?"
            ),
        ),
        ("[]", "", "must be an object, is a list of 0"),
        ('{"parameters": 7}', "/parameters", "must be an object, is 7"),
        (codecs.BOM_UTF8 + b"{}", "", "begins with a byte-order mark; JSON is UTF-8 without one"),
        (DAYS.encode("utf-16"), "", "begins with a byte-order mark; JSON is UTF-8 without one"),
    ],
)
def test_a_body_that_can_be_understood_in_two_ways_or_in_none_is_refused(
    body: str | bytes, pointer: str, detail: str
) -> None:
    world = memory_world()

    status, problem = asked(world, body=body)

    assert (status, problem["code"]) == (400, "invalid_body")
    assert problem["errors"] == [{"pointer": pointer, "detail": detail}]
    assert world.log.events == []


def test_of_very_many_wrong_fields_the_first_are_told() -> None:
    body = json.dumps({f"field_{number}": 1 for number in range(5000)})

    _, problem = asked(memory_world(), body=body)

    assert len(problem["errors"]) == 100


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, gzip"])
def test_a_compressed_body_is_415(encoding: str) -> None:
    world = memory_world()

    status, problem = asked(world, body=gzip.compress(DAYS.encode()), headers={"Content-Encoding": encoding})

    assert (status, problem["code"]) == (415, "unsupported_media_type")
    assert problem["detail"] == (
        f"The body must not be compressed; send it without Content-Encoding: {encoding}"
    )
    assert world.log.events == []


def test_a_body_that_says_it_is_not_compressed_is_taken() -> None:
    world = memory_world()

    assert asked(world, body=DAYS, headers={"Content-Encoding": "identity"})[0] == 202


def test_a_body_in_another_character_set_is_415() -> None:
    status, problem = asked(
        memory_world(), body=DAYS.encode("utf-16"), content_type="application/json; charset=utf-16"
    )

    assert (status, problem["detail"]) == (
        415,
        "The body must be UTF-8, which JSON is; send it without charset=utf-16",
    )
