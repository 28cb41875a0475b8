"""What the operators are told of a run's end and of an attempt that another one follows."""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import AttemptError, StepError
from tests.fakes.acme import CHAIN
from tests.fakes.delivery import cancel, deliver_all, execute, start
from tests.fakes.warehouse import MemoryWarehouse
from tests.fakes.world import memory_world
from tests.unit.usecases.worlds import failing, with_timeout

Capture = pytest.CaptureFixture[str]


def told(capsys: Capture, action: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["action"] == action]


def test_the_delivery_that_ends_a_run_tells_of_it_and_a_repeated_one_does_not(capsys: Capture) -> None:
    world = memory_world()
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    execute(world, world.publisher.take())
    last = world.publisher.take()

    execute(world, last)
    execute(world, last)

    (line,) = told(capsys, "run_ended")
    assert {name: value for name, value in line.items() if name not in {"time", "duration_ms"}} == {
        "severity": "INFO",
        "action": "run_ended",
        "tenant_id": "acme",
        "pipeline_id": run.pipeline_id,
        "run_id": run.run_id,
        "trigger": run.trigger,
        "status": "SUCCESS",
        "in_time": True,
        "bytes_billed": line["bytes_billed"],
    }
    assert line["duration_ms"] >= 0


def test_a_failed_run_is_told_of_as_a_warning(capsys: Capture) -> None:
    world = memory_world()
    world.reader.error = StepError("charges.csv is not UTF-8 text")
    start(world, CHAIN)

    deliver_all(world)

    assert [(line["severity"], line["status"], line["in_time"]) for line in told(capsys, "run_ended")] == [
        ("WARNING", "FAILED", True)
    ]


def test_a_run_past_its_timeout_was_not_in_time(capsys: Capture) -> None:
    world = memory_world(configs=with_timeout("60s"))
    start(world, CHAIN)
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=61))

    deliver_all(world)

    assert [(line["status"], line["in_time"]) for line in told(capsys, "run_ended")] == [("FAILED", False)]


def test_a_cancelled_run_is_told_of_once(capsys: Capture) -> None:
    world = memory_world()
    run = start(world, CHAIN)

    cancel(world, run)
    cancel(world, run)

    assert [line["status"] for line in told(capsys, "run_ended")] == ["CANCELLED"]


def test_an_attempt_that_another_one_follows_is_told_of(capsys: Capture) -> None:
    busy = AttemptError("The table is busy", kind="conflict")
    world = memory_world(warehouse=MemoryWarehouse(failing(busy, "_1_1")))
    start(world, CHAIN)

    with suppress(AttemptError):
        execute(world, world.publisher.take())

    (line,) = told(capsys, "step_retried")
    assert (line["tenant_id"], line["step_id"], line["attempt"], line["kind"]) == (
        "acme",
        "ingest_charges",
        1,
        "conflict",
    )
