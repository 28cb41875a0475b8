"""`triggers`, called by Cloud Scheduler."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from functions.triggers.main import answer
from shared.domain.ids import RunId, run_date
from shared.ports import World
from tests.fakes.acme import FILES, KEY
from tests.fakes.clock import SetClock
from tests.fakes.configs import MemoryConfigs
from tests.fakes.runs import acceptances, sole_acceptance
from tests.fakes.tokens import MemoryTokens
from tests.fakes.wire import Wire, watched
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.functions.asking import answered, request_of
from tests.unit.usecases.worlds import PIPELINE

PATH = "/api/v1/pipelines/run/acme/demo/cost/chain"
SCHEDULER = "scheduler@convergence.iam.gserviceaccount.com"
SIX = datetime(2025, 11, 15, 6, tzinfo=UTC)
TOKENS = MemoryTokens({"good": SCHEDULER, "other": "somebody@convergence.iam.gserviceaccount.com"})


def world_at(moment: datetime) -> MemoryWorld:
    return memory_world(clock=SetClock(moment), tokens=TOKENS)


def called(
    world: World,
    headers: Mapping[str, str | None] = MappingProxyType({}),
    *,
    path: str = PATH,
    body: str | None = None,
    account: str | None = SCHEDULER,
) -> tuple[int, dict[str, Any]]:
    """A call as Cloud Scheduler makes it; a header that is None is left out."""
    usual = {
        "Authorization": "Bearer good",
        "X-CloudScheduler-JobName": "acme-daily",
        "X-CloudScheduler-ScheduleTime": "2025-11-15T06:00:00Z",
    }
    sent = {name: text for name, text in {**usual, **headers}.items() if text is not None}
    request = request_of("POST", path, body=body, headers=sent)
    return answered(request, lambda asked: answer(asked, world, scheduler_account=account))


def at(time: str | None) -> dict[str, str | None]:
    return {"X-CloudScheduler-ScheduleTime": time}


def test_a_scheduled_call_starts_a_run_of_the_tenant_in_the_path() -> None:
    world = world_at(SIX)

    status, run = called(world)

    queued = sole_acceptance(world.log.events)
    assert (status, run["run_id"]) == (202, queued.run_id)
    assert (queued.tenant_id, queued.trigger, queued.triggered_by) == (
        "acme",
        "schedule",
        "schedule acme-daily",
    )


def test_a_call_that_is_made_twice_is_one_run() -> None:
    world = world_at(SIX)

    first = called(world)
    world.clock.advance(timedelta(minutes=3))
    again = called(world, at("2025-11-14T22:00:00-08:00"))

    assert first == again
    assert len(world.log.events) == 1


def test_a_call_that_is_tried_again_after_midnight_makes_the_same_id_without_seeing_the_first() -> None:
    before, after = (
        world_at(SIX.replace(hour=23, minute=59, second=59)),
        world_at(SIX.replace(day=16, hour=0)),
    )

    first, again = (called(world, at("2025-11-15T23:59:00Z"))[1] for world in (before, after))

    assert first["run_id"] == again["run_id"]
    assert run_date(RunId(first["run_id"])) == SIX.date()


def test_each_time_of_the_schedule_is_a_run_of_its_own() -> None:
    world = world_at(SIX.replace(hour=8))

    runs = {called(world, at(f"2025-11-15T0{hour}:00:00Z"))[1]["run_id"] for hour in (6, 7, 8)}

    assert len(runs) == 3


def test_a_job_that_is_run_by_hand_leaves_the_next_scheduled_run_to_come() -> None:
    world = world_at(SIX - timedelta(hours=2))
    forced = called(world)[1]["run_id"]
    retried = called(world)[1]["run_id"]

    world.clock.moment = SIX
    scheduled = called(world)[1]["run_id"]

    assert forced == retried
    assert forced != scheduled


def test_a_call_without_a_time_is_a_fresh_run() -> None:
    world = world_at(SIX)

    runs = {called(world, at(time))[1]["run_id"] for time in (None, "", None)}

    assert len(runs) == 3


def test_a_key_that_the_job_sends_counts_more_than_its_time() -> None:
    world = world_at(SIX)
    body = '{"idempotency_key": "monday"}'

    runs = {
        called(world, body=body)[1]["run_id"],
        called(world, at("2025-11-15T05:00:00Z"), body=body)[1]["run_id"],
        called(world, {"Idempotency-Key": "monday"})[1]["run_id"],
    }

    assert len(runs) == 1


def test_a_time_that_is_none_is_400_and_nothing_is_recorded() -> None:
    world = world_at(SIX)

    status, problem = called(world, at("six"))

    assert (status, problem["code"]) == (400, "invalid_schedule_time")
    assert problem["detail"].startswith("X-CloudScheduler-ScheduleTime must be a time such as")
    assert world.log.events == []


def test_the_name_of_the_job_is_not_needed() -> None:
    world = world_at(SIX)

    called(world, {"X-CloudScheduler-JobName": None})
    called(world, {"X-CloudScheduler-JobName": None})

    queued = sole_acceptance(world.log.events)
    assert queued.triggered_by == "schedule"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer bad", "Basic good", "good"])
def test_no_token_or_a_wrong_one_is_401_before_anything_is_read(authorization: str | None) -> None:
    wire = Wire()

    status, problem = called(watched(world_at(SIX), wire), {"Authorization": authorization})

    assert (status, problem["detail"]) == (401, "Unauthorized")
    assert set(wire.calls) <= {("tokens", "verify")}


@pytest.mark.parametrize("authorization", ["bearer good", "BEARER  good "])
def test_the_word_bearer_may_be_written_in_any_case(authorization: str) -> None:
    assert called(world_at(SIX), {"Authorization": authorization})[0] == 202


def test_the_good_token_of_another_account_is_403() -> None:
    world = world_at(SIX)

    status, problem = called(world, {"Authorization": "Bearer other"})

    assert (status, problem["detail"]) == (403, "Permission denied")
    assert world.log.events == []


def test_no_token_is_good_where_no_scheduler_is_set() -> None:
    assert called(world_at(SIX), account=None)[0] == 401


def test_with_a_key_the_token_and_the_schedule_do_not_count() -> None:
    world = world_at(SIX)

    runs = {called(world, {"X-API-Key": KEY})[1]["run_id"] for _ in range(2)}
    wrong, _ = called(world, {"X-API-Key": "wrong"})

    assert (len(runs), wrong) == (2, 401)
    assert {queued.trigger for queued in acceptances(world.log.events)} == {"api"}


@pytest.mark.parametrize(
    ("tenant", "code"),
    [("umbrella", "pipeline_not_found"), ("initech", "tenant_not_found"), ("metadata", "pipeline_not_found")],
)
def test_the_scheduler_may_call_for_every_tenant_there_is(tenant: str, code: str) -> None:
    status, problem = called(world_at(SIX), path=PATH.replace("acme", tenant))

    assert (status, problem["code"]) == (404, code)


def test_a_backfill_may_be_scheduled_for_midnight() -> None:
    midnight = SIX.replace(hour=0)

    status, _ = called(
        world_at(midnight),
        at("2025-11-15T00:00:00Z"),
        path=f"{PATH}/backfill",
        body='{"date_range": "2025-11-01/2025-11-02"}',
    )

    assert status == 202


def test_a_scheduled_backfill_that_is_called_twice_is_one() -> None:
    world = world_at(SIX)
    path, body = f"{PATH}/backfill", '{"date_range": "2025-11-01/2025-11-02"}'

    first, again = called(world, path=path, body=body), called(world, path=path, body=body)

    assert first[0] == 202
    assert first[1]["backfill_id"] == again[1]["backfill_id"]
    assert {queued.triggered_by for queued in acceptances(world.log.events)} == {"schedule acme-daily"}


TICK = "/api/v1/pipelines/tick"


def test_one_call_a_minute_starts_what_is_due() -> None:
    schedule = "schedule: {cron: '0 6 * * *'}\n"
    world = memory_world(
        clock=SetClock(SIX),
        tokens=TOKENS,
        configs=MemoryConfigs({**FILES, PIPELINE: schedule + FILES[PIPELINE]}),
    )

    answers = [
        called(world, at(time), path=TICK) for time in ("2025-11-15T05:59:00Z", "2025-11-15T06:00:00Z")
    ]

    assert answers == [
        (200, {"started": 0, "refused": 0, "limited": 0, "delayed": 0}),
        (200, {"started": 1, "refused": 0, "limited": 0, "delayed": 0}),
    ]
    queued = sole_acceptance(world.log.events)
    assert (queued.pipeline_id, queued.trigger) == ("acme-demo-cost-chain", "schedule")


def test_a_call_without_its_time_is_for_this_minute() -> None:
    assert called(world_at(SIX), at(None), path=TICK)[0] == 200


def test_a_call_that_could_not_start_all_wants_to_be_made_again() -> None:
    schedule = "schedule: {cron: '0 6 * * *'}\n"
    world = memory_world(
        clock=SetClock(SIX),
        tokens=TOKENS,
        configs=MemoryConfigs({**FILES, PIPELINE: schedule + FILES[PIPELINE]}),
    )
    world.publisher.is_reachable = False

    status, problem = called(world, path=TICK)

    assert (status, problem["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": None}, 401),
        ({"Authorization": None, "X-API-Key": KEY}, 401),
        ({"Authorization": "Bearer bad"}, 401),
        ({"Authorization": "Bearer other"}, 403),
    ],
)
def test_nobody_but_the_scheduler_may_say_that_a_minute_has_come(
    headers: dict[str, str | None], status: int
) -> None:
    world = world_at(SIX)

    assert called(world, headers, path=TICK)[0] == status
    assert world.log.events == []
