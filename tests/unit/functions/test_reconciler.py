"""`reconciler`: called by a clock, with nothing to say."""

from datetime import timedelta
from typing import Any

import pytest

from functions.reconciler.main import answer
from shared.domain.errors import TransientError
from shared.domain.reconciliation import Patience
from shared.domain.slots import OpenRun
from tests.fakes.acme import CHAIN
from tests.fakes.clock import SetClock
from tests.fakes.delivery import deliver_all, execute, start
from tests.fakes.log import MemoryLog
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.functions.asking import answered, request_of

PATIENCE = Patience(stale_after=timedelta(seconds=90))


class UnreadableLog(MemoryLog):
    """A log whose open runs can't be read."""

    def list_open_runs(self, *_: object, **__: object) -> list[OpenRun]:
        raise TransientError("Could not read run_events")


def called(world: MemoryWorld, *, body: str | None = None) -> tuple[int, dict[str, Any]]:
    return answered(request_of("POST", "/", body=body), lambda asked: answer(asked, world, patience=PATIENCE))


@pytest.mark.parametrize("body", [None, "", "tick", "{}"])
def test_where_nothing_is_to_be_done_all_counts_are_zero_whatever_the_body(body: str | None) -> None:
    counts = {"started": 0, "resumed": 0, "continued": 0, "overdue": 0, "failed": 0}

    assert called(memory_world(), body=body) == (200, counts)


def test_it_tells_how_many_runs_were_started_resumed_continued_and_handed_over_to_be_ended() -> None:
    world = memory_world()
    for _ in range(3):
        start(world, CHAIN)
        execute(world, world.publisher.take())
        world.publisher.take()
    world.clock.advance(timedelta(hours=1))
    for _ in range(2):
        start(world, CHAIN)
        execute(world, world.publisher.take())
        world.publisher.take()
    world.clock.advance(PATIENCE.stale_after)
    start(world, CHAIN)
    world.publisher.take()
    start(world, CHAIN)
    world.reader.error = TransientError("429", kind="rate_limit", retry_after_seconds=30)
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=60))

    status, counts = called(world)

    assert (status, counts) == (200, {"started": 1, "resumed": 1, "continued": 2, "overdue": 3, "failed": 0})
    assert len(world.publisher.commands) == 7


def test_a_run_is_taken_for_lost_after_the_time_that_was_set() -> None:
    world = memory_world()
    start(world, CHAIN)
    execute(world, world.publisher.take())
    world.publisher.take()
    world.clock.advance(PATIENCE.stale_after - timedelta(seconds=1))

    before = called(world)[1]["continued"]
    world.clock.advance(timedelta(seconds=1))
    after = called(world)[1]["continued"]
    deliver_all(world)

    assert (before, after) == (0, 1)
    assert world.log.events[-1].event_type == "StepSucceeded"


def test_a_log_that_cannot_be_read_just_now_is_503() -> None:
    clock = SetClock()

    assert called(memory_world(clock=clock, log=UnreadableLog(clock)))[0] == 503


def test_only_post_is_taken() -> None:
    refused = answer(request_of("GET", "/"), memory_world())

    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
