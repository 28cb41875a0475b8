"""`runs`."""

from datetime import timedelta
from typing import Any

import pytest

from functions.runs.main import answer
from shared.domain.event import BackfillPart
from shared.domain.ids import run_id_at
from shared.domain.run_list import PageMark
from shared.ports import World
from shared.web.query import page_token
from tests.fakes.acme import CHAIN, GRAPH, OTHER_KEY
from tests.fakes.clock import NOON
from tests.fakes.delivery import deliver_all, start
from tests.fakes.wire import Wire, watched
from tests.fakes.world import memory_world
from tests.unit.domain.histories import queued, retried, started
from tests.unit.functions.asking import answered, request_of, with_key

RUNS = "/api/v1/pipelines/runs"


def asked(
    world: World, path: str, *, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    request = request_of(method, path, headers=with_key() if headers is None else headers)
    return answered(request, lambda asked: answer(asked, world))


def test_a_run_is_shown_whole() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    deliver_all(world)

    status, body = asked(world, f"{RUNS}/{run.run_id}")

    steps = body.pop("steps")
    assert status == 200
    assert body == {
        "run_id": run.run_id,
        "pipeline_id": "acme-demo-cost-chain",
        "status": "SUCCESS",
        "trigger": "api",
        "rerun_of": None,
        "backfill_id": None,
        "created_at": "2025-11-15T12:00:00.000Z",
        "started_at": "2025-11-15T12:00:00.000Z",
        "completed_at": "2025-11-15T12:00:00.000Z",
        "duration_ms": 0,
        "error_message": None,
        "parameters": {"days": "2025-11-14/2025-11-14"},
        "metrics": {
            "rows_ingested": 2,
            "rows_transformed": 10,
            "quality_passed": True,
            "bytes_processed": 300,
            "bytes_billed": 2000,
            "slot_ms": 15,
        },
        "warnings": [],
    }
    assert [(step["step_number"], step["step_id"], step["step_type"], step["status"]) for step in steps] == [
        (1, "ingest_charges", "ingest", "SUCCESS"),
        (2, "check", "dq", "SUCCESS"),
        (3, "daily", "transform", "SUCCESS"),
    ]
    assert steps[0] == {
        "step_number": 1,
        "step_id": "ingest_charges",
        "step_type": "ingest",
        "status": "SUCCESS",
        "attempt": 1,
        "started_at": "2025-11-15T12:00:00.000Z",
        "completed_at": "2025-11-15T12:00:00.000Z",
        "duration_ms": 0,
        "error_message": None,
        "retry_at": None,
        "rows_in": 2,
        "rows_out": 2,
        "rows_quarantined": None,
        "bytes_processed": 100,
        "bytes_billed": 0,
        "slot_ms": 5,
        "job_ids": [f"cdp_{run.run_id}_1_1"],
        "results": [],
    }
    assert [result["rule_id"] for result in steps[1]["results"]] == ["has_rows", "has_cost"]


def test_what_a_run_does_again_is_shown_and_listed_and_when_its_step_is_tried_again() -> None:
    world = memory_world()
    backfill_id, first = run_id_at(NOON), run_id_at(NOON)
    part = BackfillPart(backfill_id=backfill_id, concurrent_runs=1)
    accepted = queued().model_copy(update={"rerun_of": first, "backfill": part})
    retry = retried(1, seconds=1, retry_at=NOON + timedelta(seconds=30))
    world.log.append([accepted, started(1), retry])

    _, shown = asked(world, f"{RUNS}/{accepted.run_id}")
    _, listed = asked(world, f"{RUNS}?backfill_id={backfill_id}")
    _, another = asked(world, f"{RUNS}?backfill_id={first}")

    assert [(run["rerun_of"], run["backfill_id"]) for run in (shown, *listed["runs"])] == [
        (first, backfill_id)
    ] * 2
    assert [step["retry_at"] for step in shown["steps"]] == ["2025-11-15T12:00:30.000Z", None, None]
    assert another["total"] == 0


def test_runs_are_listed_newest_first_and_paged() -> None:
    world = memory_world()
    ids = []
    for _ in range(5):
        ids.append(start(world, CHAIN).run_id)
        world.clock.advance(timedelta(minutes=1))

    pages: list[list[str]] = []
    token: str | None = ""
    while token is not None:
        status, body = asked(world, f"{RUNS}?limit=2" + (f"&page_token={token}" if token else ""))
        assert (status, body["total"]) == (200, 5)
        pages.append([run["run_id"] for run in body["runs"]])
        token = body["next_page_token"]

    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]


def test_a_listed_run_has_the_documented_fields() -> None:
    world = memory_world()
    start(world, CHAIN)

    _, body = asked(world, RUNS)

    assert list(body) == ["runs", "total", "next_page_token", "since"]
    assert set(body["runs"][0]) >= {
        "run_id", "pipeline_id", "status", "started_at", "completed_at", "duration_ms"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=SUCCESS", 1),
        ("status=FAILED", 0),
        ("pipeline_id=acme-demo-cost-graph", 1),
        ("since=2025-11-15T12:01:00Z", 1),
        ("until=2025-11-15T12:01:00Z", 1),
        ("since=2025-11-15T14:01:00%2B02:00", 1),
        ("status=QUEUED&pipeline_id=acme-demo-cost-graph", 1),
        ("limit=500", 2),
    ],
)
def test_lists_are_filtered(query: str, count: int) -> None:
    world = memory_world()
    start(world, CHAIN)
    deliver_all(world)
    world.clock.advance(timedelta(minutes=1))
    start(world, GRAPH)

    status, body = asked(world, f"{RUNS}?{query}")

    assert (status, body["total"], len(body["runs"])) == (200, count, count)


@pytest.mark.parametrize(
    ("query", "since", "count"),
    [
        ("", "2025-10-16T12:00:00.000Z", 1),
        ("?until=2025-11-01T12:00:00Z", "2025-10-02T12:00:00.000Z", 1),
        ("?until=2030-01-01T00:00:00Z", "2025-10-16T12:00:00.000Z", 1),
        ("?since=2025-09-01T02:00:00%2B02:00", "2025-09-01T00:00:00.000Z", 2),
    ],
)
def test_a_list_goes_back_30_days_where_nobody_says_since_when(query: str, since: str, count: int) -> None:
    world = memory_world()
    for days in (40, 1):
        at = NOON - timedelta(days=days)
        world.log.append([queued().model_copy(update={"run_id": run_id_at(at), "occurred_at": at})])

    status, body = asked(world, f"{RUNS}{query}")

    assert (status, body["since"], body["total"]) == (200, since, count)


def test_the_pages_of_a_list_have_one_beginning() -> None:
    world = memory_world()
    first, second = (NOON - timedelta(days=29, hours=hours) for hours in (22, 23))
    for at in (first, second):
        world.log.append([queued().model_copy(update={"run_id": run_id_at(at), "occurred_at": at})])
    _, page = asked(world, f"{RUNS}?limit=1")
    world.clock.advance(timedelta(days=1))

    _, rest = asked(world, f"{RUNS}?limit=1&page_token={page['next_page_token']}")

    assert (rest["since"], rest["total"], len(rest["runs"])) == (page["since"], 2, 1)


def test_a_token_of_a_list_without_a_beginning_goes_on_within_30_days_and_says_what_it_needs_beyond() -> None:
    world = memory_world()
    run_id = start(world, CHAIN).run_id
    recent = page_token(PageMark(created_at=NOON + timedelta(minutes=1), run_id=run_id))
    old = page_token(PageMark(created_at=NOON - timedelta(days=31), run_id=run_id))

    status, body = asked(world, f"{RUNS}?page_token={recent}")
    refused, problem = asked(world, f"{RUNS}?page_token={old}")
    with_since, _ = asked(world, f"{RUNS}?page_token={old}&since=2025-01-01T00:00:00Z")

    assert (status, [run["run_id"] for run in body["runs"]]) == (200, [run_id])
    assert refused == 400
    assert problem["errors"] == [
        {"pointer": "page_token", "detail": "goes on before 2025-10-16T12:00:00Z; say an earlier since"}
    ]
    assert with_since == 200


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("status=success", "status"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("limit=" + "1" * 5000, "limit"),
        ("since=yesterday", "since"),
        ("since=2025-11-15", "since"),
        ("since=2025-11-15T12:00:00", "since"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("until=9999-12-31T23:59:59-14:00", "until"),
        ("since=1969-12-31T23:59:59Z", "since"),
        ("page_token=none", "page_token"),
        ("page_token=" + "W1tb" * 9000, "page_token"),
        ("page_token=eyJjcmVhdGVkX2F0IjoiMDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCIsInJ1bl9pZCI6IngifQ", "page_token"),
        ("page=2", "page"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_400_naming_the_query_parameter(query: str, pointer: str) -> None:
    status, problem = asked(memory_world(), f"{RUNS}?{query}")

    assert (status, problem["code"]) == (400, "invalid_query")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_all_that_is_wrong_with_a_query_is_said_at_once() -> None:
    _, problem = asked(memory_world(), f"{RUNS}?page=2&limit=0&status=DONE")

    assert [error["pointer"] for error in problem["errors"]] == ["page", "status", "limit"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_another_tenants_run_looks_like_one_that_never_was(method: str) -> None:
    world = memory_world()
    run = start(world, CHAIN)
    theirs = with_key(key=OTHER_KEY)

    existing = asked(world, f"{RUNS}/{run.run_id}", method=method, headers=theirs)
    missing = asked(world, f"{RUNS}/019a84cf-c400-8d58-9421-4b5c650f91e1", method=method, headers=theirs)

    assert existing == missing
    assert existing[0] == 404
    assert existing[1]["detail"] == "Run not found"


def test_a_list_holds_only_the_callers_runs() -> None:
    world = memory_world()
    start(world, CHAIN)

    _, body = asked(world, RUNS, headers=with_key(key=OTHER_KEY))

    assert body == {"runs": [], "total": 0, "next_page_token": None, "since": "2025-10-16T12:00:00.000Z"}


@pytest.mark.parametrize(("method", "path"), [("GET", RUNS), ("GET", f"{RUNS}/x"), ("DELETE", f"{RUNS}/x")])
def test_without_a_key_nothing_is_read(method: str, path: str) -> None:
    world, wire = memory_world(), Wire()

    status, _ = asked(watched(world, wire), path, method=method, headers={})

    assert status == 401
    assert wire.calls == []


def test_a_run_is_cancelled_and_cancelled_again() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    world.clock.advance(timedelta(seconds=1))

    answers = [asked(world, f"{RUNS}/{run.run_id}", method="DELETE") for _ in range(2)]

    body = {"run_id": run.run_id, "status": "CANCELLED", "message": "Pipeline run cancelled"}
    assert answers == [(200, body), (200, body)]


def test_cancelling_a_run_that_has_ended_is_409_and_names_it() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    deliver_all(world)

    status, problem = asked(world, f"{RUNS}/{run.run_id}", method="DELETE")

    assert (status, problem["code"], problem["run_id"]) == (409, "run_ended", run.run_id)
    assert problem["detail"] == "The run has ended: SUCCESS"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", RUNS, "GET, HEAD"), ("DELETE", RUNS, "GET, HEAD"), ("PUT", f"{RUNS}/x", "GET, HEAD, DELETE")],
)
def test_other_methods_are_405(method: str, path: str, allowed: str) -> None:
    response = answer(request_of(method, path), memory_world())

    assert (response.status_code, response.headers["Allow"]) == (405, allowed)


def test_other_paths_are_404() -> None:
    assert asked(memory_world(), f"{RUNS}/a/b")[0] == 404
