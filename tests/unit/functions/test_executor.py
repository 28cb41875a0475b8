"""`executor`: what is acknowledged and what comes again."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from functions.executor.main import answer
from shared.domain.command import RunStep
from shared.domain.errors import StepError, TransientError
from shared.domain.event import StepFailed
from shared.domain.ids import JobId
from shared.domain.job import Job, JobHandle
from tests.fakes.acme import CHAIN, CHARGES
from tests.fakes.delivery import start
from tests.fakes.publisher import MemoryPublisher
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import MemoryWarehouse
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.functions.asking import answered, request_of

RECORDED_COMMAND = Path(__file__).parents[1] / "adapters" / "recorded" / "command.json"


class WarehouseWithoutSubmits(MemoryWarehouse):
    """Takes ids, and no job."""

    def submit(self, job: Job) -> JobHandle:
        raise TransientError("Could not submit a job")


def envelope(data: bytes) -> str:
    """A push as Pub/Sub sends it, with all that it may say besides."""
    return json.dumps(
        {
            "message": {
                "data": base64.b64encode(data).decode(),
                "attributes": {"step_id": "x"},
                "messageId": "1",
                "message_id": "1",
                "publishTime": "2025-11-15T12:00:00Z",
            },
            "subscription": "projects/p/subscriptions/executor",
            "deliveryAttempt": 1,
        }
    )


def pushed(world: MemoryWorld, body: str, *, path: str = "/") -> tuple[int, dict[str, Any]]:
    return answered(request_of("POST", path, body=body), lambda asked: answer(asked, world))


def first_push(world: MemoryWorld) -> str:
    start(world, CHAIN)
    return envelope(world.publisher.take().model_dump_json().encode())


def test_a_step_that_was_done_is_acknowledged_and_so_is_its_duplicate() -> None:
    world = memory_world()
    push = first_push(world)

    assert pushed(world, push) == (200, {"outcome": "do"})
    assert pushed(world, push) == (200, {"outcome": "skip"})


def test_a_step_that_failed_is_acknowledged() -> None:
    world = memory_world()
    push = first_push(world)
    world.reader.error = StepError("charges.csv is not UTF-8 text")

    assert pushed(world, push) == (200, {"outcome": "do"})
    assert world.log.events[-1].event_type == "StepSkipped"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"message": {}}',
        '{"message": {"data": "%%%"}}',
        '{"message": {"data": "e30="}}',
        envelope(b"{}"),
        envelope(b"\xff\xfe"),
        envelope(b'{"command": "DropAll"}'),
        envelope(b'{"command": "RunStep", "tenant_id": "acme", "run_id": "x", "step_id": "a", "facts": []}'),
    ],
)
def test_what_will_never_be_a_command_is_acknowledged_as_refused(body: str) -> None:
    world = memory_world()

    assert pushed(world, body) == (200, {"outcome": "refused"})
    assert world.log.events == []


RUN_OF_ANOTHER_RELEASE = '"tenant_id": "acme", "run_id": "019a8762-f200-79ed-b000-b0e9ed46672e"'


@pytest.mark.parametrize("path", ["/", "/dead-letter"])
@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        (f'{{"command": "SkipStep", {RUN_OF_ANOTHER_RELEASE}}}', "/command"),
        (
            f'{{"command": "RunStep", {RUN_OF_ANOTHER_RELEASE}, "step_id": "a", "facts": [], "zone": "b"}}',
            "'zone' is not a field",
        ),
        (
            f'{{"command": "RunStep", {RUN_OF_ANOTHER_RELEASE}, "step_id": "a", "facts": [{{"event_type": "X"}}]}}',
            "/facts/0",
        ),
    ],
)
def test_a_command_that_only_another_release_can_read_comes_again(
    path: str, command: str, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = memory_world()

    status, _ = pushed(world, envelope(command.encode()), path=path)

    assert status == 503
    assert world.log.events == []
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["action"], line["severity"]) == ("request", "ERROR")
    assert "This release can't read a command about run 019a8762" in line["reason"]
    assert wrong in line["reason"]


def test_a_command_of_an_earlier_release_is_carried_out() -> None:
    world = memory_world(reader=MemoryReader({"a[x].csv": CHARGES}))

    assert pushed(world, envelope(RECORDED_COMMAND.read_bytes())) == (200, {"outcome": "do"})
    assert world.log.events[-1].event_type == "StepSucceeded"


def test_what_time_may_mend_is_503_and_comes_again() -> None:
    world = memory_world()
    push = first_push(world)
    world.warehouse.is_reachable = False

    assert pushed(world, push)[0] == 503
    world.warehouse.is_reachable = True
    assert pushed(world, push) == (200, {"outcome": "do"})


def test_an_attempt_that_failed_for_now_is_acknowledged_and_comes_again_as_the_next() -> None:
    world = memory_world()
    push = first_push(world)
    world.reader.error = TransientError("the source answered 503")

    failed = pushed(world, push)
    world.reader.error = None
    [command] = world.publisher.commands
    again = pushed(world, envelope(command.model_dump_json().encode()))

    assert (failed, again) == ((200, {"outcome": "wait"}), (200, {"outcome": "do"}))
    assert [event.attempt for event in world.log.events if event.event_type == "StepSucceeded"] == [2]


def test_a_job_that_outlasts_the_call_is_acknowledged_and_its_command_published_again() -> None:
    world = memory_world()
    push = first_push(world)
    [run_id] = {event.run_id for event in world.log.events}
    world.warehouse.running.add(JobId(f"cdp_{run_id}_1_1"))

    answer = pushed(world, push)

    assert answer == (200, {"outcome": "wait"})
    [command] = world.publisher.commands
    assert (command.step_id, len(command.facts)) == ("ingest_charges", 2)


@pytest.mark.parametrize("path", ["/dead-letter", "/dead-letter/"])
def test_a_dead_letter_that_still_cannot_be_carried_out_fails_its_step(path: str) -> None:
    world = memory_world(warehouse=WarehouseWithoutSubmits())
    push = first_push(world)

    assert pushed(world, push)[0] == 503
    assert pushed(world, push, path=path) == (200, {"outcome": "do"})

    failed = next(event for event in world.log.events if event.event_type == "StepFailed")
    assert (failed.step_id, failed.error_message) == ("ingest_charges", "Could not submit a job")


def test_a_dead_letter_that_can_be_carried_out_after_all_is() -> None:
    world = memory_world()
    push = first_push(world)

    assert pushed(world, push, path="/dead-letter") == (200, {"outcome": "do"})
    assert world.log.events[-1].event_type == "StepSucceeded"


def test_a_dead_letter_whose_end_cannot_be_recorded_comes_again() -> None:
    world = memory_world()
    push = first_push(world)
    world.warehouse.is_reachable = False

    assert pushed(world, push, path="/dead-letter")[0] == 503


class BrokenPublisher(MemoryPublisher):
    """A topic whose client breaks once anything is to be published."""

    is_broken = False

    def publish(self, command: RunStep) -> None:
        if self.is_broken:
            raise RuntimeError("password=hunter2")
        super().publish(command)


def test_what_nobody_foresaw_beside_a_step_is_no_acknowledgement_and_tells_nothing() -> None:
    publisher = BrokenPublisher()
    world = memory_world(publisher=publisher)
    push = first_push(world)
    publisher.is_broken = True

    status, problem = pushed(world, push)

    assert status == 500
    assert problem == {
        "type": "about:blank",
        "title": "Internal error",
        "status": 500,
        "detail": "Something went wrong on our side",
        "code": "internal_error",
    }
    assert [event.event_type for event in world.log.events] == ["RunQueued", "StepStarted", "StepSucceeded"]


def test_what_nobody_foresaw_in_a_step_is_acknowledged_once_its_failure_is_recorded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = memory_world()
    push = first_push(world)
    world.reader.error = RuntimeError("password=hunter2")

    status, _ = pushed(world, push)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (broke,) = [line for line in lines if line["action"] == "step_broke"]
    (failed,) = [event for event in world.log.events if isinstance(event, StepFailed)]
    assert status == 200
    assert (broke["severity"], broke["error_id"]) == ("ERROR", f"cdp_{failed.run_id}_1_1")
    assert broke["reason"].startswith("RuntimeError at tests.fakes.reader:")
    assert broke["traceback"].splitlines()[-1].endswith(" in read")
    assert failed.error_message == (
        f"something broke that nobody foresaw; the executor's log tells more under error_id cdp_{failed.run_id}_1_1"
    )
    assert "hunter2" not in json.dumps(lines) + repr(world.log.events)


def test_only_post_is_taken() -> None:
    assert answer(request_of("GET", "/"), memory_world()).status_code == 405
