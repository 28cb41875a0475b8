"""Backfills over HTTP: `triggers` starts them, `runs` shows and cancels them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from functions.runs.main import answer as answer_of_runs
from functions.triggers.main import answer as answer_of_triggers
from shared.ports import World
from tests.fakes.acme import CHAIN, OTHER_KEY
from tests.fakes.backfills import FIRST, SECOND, THIRD, THREE_DAYS
from tests.fakes.delivery import deliver_all, start
from tests.fakes.runs import acceptances
from tests.fakes.tokens import MemoryTokens
from tests.fakes.wire import Wire, watched
from tests.fakes.world import memory_world
from tests.unit.functions.asking import answered, request_of, with_key

START = "/api/v1/pipelines/run/acme/demo/cost/chain/backfill"
BACKFILLS = "/api/v1/pipelines/backfills"
BODY: dict[str, JsonValue] = {"date_range": THREE_DAYS}


def started(
    world: World, body: object = BODY, *, headers: dict[str, str] | None = None, path: str = START
) -> tuple[int, dict[str, Any]]:
    request = request_of("POST", path, body=json.dumps(body), headers=headers or with_key())
    return answered(request, lambda asked: answer_of_triggers(asked, world))


def asked(
    world: World, backfill_id: str, *, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    request = request_of(method, f"{BACKFILLS}/{backfill_id}", headers=headers or with_key())
    return answered(request, lambda asked: answer_of_runs(asked, world))


def test_a_backfill_is_accepted_with_the_run_of_every_chunk() -> None:
    world = memory_world()
    request = request_of("POST", START, body=json.dumps(BODY), headers=with_key())

    response = answer_of_triggers(request, world)

    runs = [event.run_id for event in world.log.events]
    part = acceptances(world.log.events)[0].backfill
    assert part is not None
    backfill_id = part.backfill_id
    assert (response.status_code, response.headers["Location"]) == (202, f"{BACKFILLS}/{backfill_id}")
    assert response.get_json() == {
        "backfill_id": backfill_id,
        "pipeline_id": "acme-demo-cost-chain",
        "status": "QUEUED",
        "message": "Backfill queued",
        "chunks": [
            {"date_range": days, "action": "run", "run_id": run_id, "status": "QUEUED"}
            for days, run_id in zip((FIRST, SECOND, THIRD), runs, strict=True)
        ],
    }


def test_a_dry_run_says_what_would_be_done_and_why() -> None:
    world = memory_world()
    done = start(world, CHAIN, {"days": SECOND})
    deliver_all(world)
    recorded = len(world.log.events)

    status, body = started(world, {**BODY, "dry_run": True})

    assert status == 200
    assert body == {
        "pipeline_id": "acme-demo-cost-chain",
        "dry_run": True,
        "mode": "missing",
        "counts": {"run": 2, "skip": 1},
        "chunks": [
            {"date_range": FIRST, "action": "run", "reason": "it has no run yet", "run_id": None},
            {
                "date_range": SECOND,
                "action": "skip",
                "reason": f"run {done.run_id} is SUCCESS",
                "run_id": done.run_id,
            },
            {"date_range": THIRD, "action": "run", "reason": "it has no run yet", "run_id": None},
        ],
    }
    assert len(world.log.events) == recorded


def test_where_there_is_nothing_to_do_nothing_is_accepted() -> None:
    world = memory_world()
    started(world)

    assert started(world) == (
        200,
        {
            "backfill_id": None,
            "pipeline_id": "acme-demo-cost-chain",
            "status": None,
            "message": "Nothing to do; a dry run says why",
            "chunks": [],
        },
    )


def test_the_same_idempotency_key_is_the_same_backfill_and_no_other() -> None:
    world = memory_world()
    headers = with_key({"Idempotency-Key": "november"})

    first, again = started(world, headers=headers), started(world, headers=headers)
    other = started(world, {**BODY, "chunk": "7d"}, headers=headers)

    assert first == again
    assert (other[0], other[1]["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "invalid_body", "/date_range"),
        ({**BODY, "mode": "new"}, "invalid_body", "/mode"),
        ({**BODY, "concurrent_runs": 21}, "invalid_body", "/concurrent_runs"),
        ({**BODY, "concurrent_runs": 0}, "invalid_body", "/concurrent_runs"),
        ({**BODY, "chunks": "1d"}, "invalid_body", "/chunks"),
        ({**BODY, "chunk": "1w"}, "invalid_backfill", "/chunk"),
        ({"date_range": "2020-01-01/2025-01-01"}, "invalid_backfill", "/chunk"),
        ({"date_range": "soon"}, "invalid_backfill", "/date_range"),
        ({**BODY, "parameters": {"speed": 1}}, "invalid_parameters", "/parameters/speed"),
    ],
)
def test_what_is_wrong_is_400_with_a_pointer(body: dict[str, JsonValue], code: str, pointer: str) -> None:
    world = memory_world()

    status, problem = started(world, body)

    assert (status, problem["code"]) == (400, code)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert world.log.events == []


def test_cloud_scheduler_may_ask_for_one_too() -> None:
    account = "scheduler@project.iam.gserviceaccount.com"
    world = memory_world(tokens=MemoryTokens({"good": account}))
    headers = {"Authorization": "Bearer good", "X-CloudScheduler-JobName": "nightly"}
    request = request_of("POST", START, body=json.dumps(BODY), headers=headers)

    response = answer_of_triggers(request, world, scheduler_account=account)

    assert response.status_code == 202
    assert acceptances(world.log.events)[0].triggered_by == "schedule nightly"


def test_another_tenants_pipeline_is_403() -> None:
    status, problem = started(memory_world(), headers=with_key(key=OTHER_KEY))

    assert (status, problem["code"]) == (403, "permission_denied")


def test_a_pipeline_that_is_not_there_is_404() -> None:
    status, problem = started(memory_world(), path=START.replace("chain", "none"))

    assert (status, problem["code"]) == (404, "pipeline_not_found")


def test_a_backfill_is_shown_with_counts_chunks_and_sums() -> None:
    world = memory_world()
    _, accepted = started(world)
    deliver_all(world)

    status, body = asked(world, accepted["backfill_id"])

    assert status == 200
    assert body == {
        "backfill_id": accepted["backfill_id"],
        "pipeline_id": "acme-demo-cost-chain",
        "status": "SUCCESS",
        "created_at": "2025-11-15T12:00:00.000Z",
        "completed_at": "2025-11-15T12:00:00.000Z",
        "concurrent_runs": 2,
        "counts": {"QUEUED": 0, "RUNNING": 0, "SUCCESS": 3, "FAILED": 0, "CANCELLED": 0},
        "metrics": {
            "rows_ingested": 6,
            "rows_transformed": 30,
            "quality_passed": True,
            "bytes_processed": 900,
            "bytes_billed": 6000,
            "slot_ms": 45,
        },
        "chunks": [
            {
                "date_range": chunk["date_range"],
                "run_id": chunk["run_id"],
                "status": "SUCCESS",
                "error_message": None,
                "warnings": [],
            }
            for chunk in accepted["chunks"]
        ],
    }


def test_a_backfill_is_cancelled_and_cancelled_again() -> None:
    world = memory_world()
    _, accepted = started(world)
    world.clock.advance(timedelta(seconds=1))

    answers = [asked(world, accepted["backfill_id"], method="DELETE") for _ in range(2)]

    body = {"backfill_id": accepted["backfill_id"], "status": "CANCELLED", "message": "Backfill cancelled"}
    assert answers == [(200, body), (200, body)]


def test_cancelling_a_backfill_that_has_ended_is_409() -> None:
    world = memory_world()
    _, accepted = started(world)
    deliver_all(world)

    status, problem = asked(world, accepted["backfill_id"], method="DELETE")

    assert (status, problem["code"], problem["detail"]) == (
        409,
        "backfill_ended",
        "The backfill has ended: SUCCESS",
    )


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_another_tenants_backfill_looks_like_one_that_never_was(method: str) -> None:
    world = memory_world()
    _, accepted = started(world)
    theirs = with_key(key=OTHER_KEY)

    existing = asked(world, accepted["backfill_id"], method=method, headers=theirs)

    assert existing == asked(world, "nonsense", method=method, headers=theirs)
    assert (existing[0], existing[1]["detail"]) == (404, "Backfill not found")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_without_a_key_nothing_is_read(method: str) -> None:
    world, wire = memory_world(), Wire()

    status, _ = asked(watched(world, wire), "x", method=method, headers={"X-API-Key": ""})

    assert (status, wire.calls) == (401, [])


def test_other_methods_are_405() -> None:
    start_ = answer_of_triggers(request_of("GET", START), memory_world())
    one = answer_of_runs(request_of("POST", f"{BACKFILLS}/x"), memory_world())

    assert (start_.status_code, start_.headers["Allow"]) == (405, "POST")
    assert (one.status_code, one.headers["Allow"]) == (405, "GET, HEAD, DELETE")


def test_there_is_no_list_of_backfills() -> None:
    assert answer_of_runs(request_of("GET", BACKFILLS), memory_world()).status_code == 404
