"""Steps that fail, runs that are cancelled, commands that make no sense."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import JsonValue

from shared.domain.command import RunStep, Stance
from shared.domain.errors import AttemptError, ForbiddenError, InvalidError, StepError, TransientError
from shared.domain.event import Metrics, RunQueued
from shared.domain.ids import JobId
from shared.domain.job import Job, JobOutcome
from shared.steps.attempt import StepResult, attempt_at
from tests.fakes.acme import CHAIN, FILES, GRAPH
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import cancel, deliver_all, execute, outline, run_of, start
from tests.fakes.reader import MemoryReader
from tests.fakes.runs import folded, sole_acceptance
from tests.fakes.warehouse import MemoryWarehouse, succeeded
from tests.fakes.world import MemoryWorld, memory_world


def failing_job(part: str) -> Callable[[Job, list[dict[str, JsonValue]]], JobOutcome]:
    """Outcomes where the jobs with `part` in their id fail."""

    def outcome(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if part in job.job_id:
            raise StepError("Division by zero")
        return succeeded(job, rows)

    return outcome


def with_bad_rows(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
    """Outcomes where every rule finds three rows that break it."""
    outcome = succeeded(job, rows)
    figures = tuple(
        {name: value if name == "rows_checked" else 3 for name, value in row.items()} for row in outcome.rows
    )
    return outcome.model_copy(update={"rows": figures})


def on_failure_continue() -> MemoryConfigs:
    chain = FILES["acme/pipelines/demo/cost/chain.yml"]
    changed = chain.replace("    rules: quality\n", "    rules: quality\n    on_failure: continue\n")
    return MemoryConfigs({**FILES, "acme/pipelines/demo/cost/chain.yml": changed})


def test_a_failed_job_fails_the_step_and_skips_all_that_need_it() -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing_job("_1_1")))

    run = start(world, CHAIN)
    deliver_all(world)

    assert outline(run_of(world, run))["steps"] == [
        ("ingest_charges", "FAILED", 1, "Division by zero"),
        ("check", "SKIPPED", 1, "step 'ingest_charges' failed"),
        ("daily", "SKIPPED", 1, "step 'ingest_charges' failed"),
    ]
    assert run_of(world, run).status == "FAILED"
    assert run_of(world, run).error_message == "ingest_charges: Division by zero"


def test_a_failure_leaves_the_branches_that_do_not_need_the_step() -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing_job("_2_1")))

    run = start(world, GRAPH)
    deliver_all(world)

    assert [(step.id, step.status) for step in run_of(world, run).steps] == [
        ("ingest_charges", "SUCCESS"),
        ("ingest_credits", "FAILED"),
        ("daily", "SKIPPED"),
        ("check", "SUCCESS"),
    ]
    assert run_of(world, run).status == "FAILED"


@pytest.mark.parametrize("copies", [1, 2])
def test_a_failed_step_is_not_tried_again_by_a_duplicate(copies: int) -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing_job("_1_1")))

    start(world, CHAIN)
    deliver_all(world, copies=copies)

    assert len(world.warehouse.jobs) == 1


def test_a_source_that_cannot_be_read_fails_the_step_before_any_job() -> None:
    world = memory_world(reader=MemoryReader({}))

    run = start(world, CHAIN)
    deliver_all(world)

    assert run_of(world, run).error_message == "ingest_charges: No file matches 'charges.csv'"
    assert world.warehouse.jobs == {}


def test_what_google_refuses_fails_the_step() -> None:
    world = memory_world()
    world.reader.error = ForbiddenError("Google refused to read the bucket")

    run = start(world, CHAIN)
    deliver_all(world)

    assert run_of(world, run).steps[0].error_message == "Google refused to read the bucket"


def test_what_time_may_mend_is_not_recorded_as_a_failure() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    world.warehouse.is_reachable = False
    command = world.publisher.take()

    with pytest.raises(TransientError):
        execute(world, command)

    assert run_of(world, run).status == "RUNNING"
    world.warehouse.is_reachable = True
    execute(world, command)
    assert run_of(world, run).steps[0].status == "SUCCESS"


def skipped_too_soon(world: MemoryWorld) -> RunStep:
    """The command of the second step, which a delivery that saw the first one fail has skipped, wrongly."""
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    first, now = run.plan.steps[0], world.clock.now()
    world.log.append(
        attempt_at(run, first, now=now, until=now).endings(StepResult(Metrics(), failure="?"), now=now)
    )
    return world.publisher.take()


def test_a_step_that_was_skipped_too_soon_and_fails_for_now_is_tried_again() -> None:
    errors = [AttemptError("The table is busy", kind="conflict")]

    def busy_once(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if "_2_" in job.job_id and errors:
            raise errors.pop()
        return succeeded(job, rows)

    world = memory_world(warehouse=MemoryWarehouse(busy_once))
    command = skipped_too_soon(world)

    assert execute(world, command) is Stance.WAIT
    deliver_all(world)

    run = folded(world.log.events)
    assert [(step.status, step.attempt) for step in run.steps] == [
        ("SUCCESS", 1),
        ("SUCCESS", 2),
        ("SUCCESS", 1),
    ]


def test_a_step_that_was_skipped_too_soon_and_has_begun_is_known_to_have() -> None:
    world = memory_world()
    command = skipped_too_soon(world)
    world.warehouse.running.add(JobId(f"cdp_{command.run_id}_2_1"))
    execute(world, command)
    run = folded(world.log.events)

    now = world.clock.now()
    attempt = attempt_at(run, run.plan.steps[1], now=now, until=now)

    assert (run.status, run.step("check").status) == ("RUNNING", "RUNNING")
    assert attempt.is_repeated


def test_rules_that_do_not_hold_stop_the_run() -> None:
    world = memory_world(warehouse=MemoryWarehouse(with_bad_rows))

    run = start(world, CHAIN)
    deliver_all(world)

    ended = run_of(world, run)
    assert [step.status for step in ended.steps] == ["SUCCESS", "FAILED", "SKIPPED"]
    assert ended.error_message == "check: has_cost: 3 of 10 rows have no value"
    assert [result.passed for result in ended.steps[1].results] == [True, False]
    assert ended.totals.quality_passed is False


def test_rules_that_do_not_hold_are_recorded_and_passed_over_where_the_step_says_so() -> None:
    world = memory_world(warehouse=MemoryWarehouse(with_bad_rows), configs=on_failure_continue())

    run = start(world, CHAIN)
    deliver_all(world)

    ended = run_of(world, run)
    assert [step.status for step in ended.steps] == ["SUCCESS", "SUCCESS", "SUCCESS"]
    assert [result.passed for result in ended.steps[1].results] == [True, False]
    assert ended.totals.quality_passed is False


def test_a_cancelled_run_starts_no_further_step() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=1))
    cancel(world, run)

    outcomes = deliver_all(world)

    assert outcomes == [("check", Stance.SKIP), ("check", Stance.SKIP)]
    assert [step.status for step in run_of(world, run).steps] == ["SUCCESS", "CANCELLED", "CANCELLED"]
    assert len(world.warehouse.jobs) == 1


def forged_commands() -> dict[str, RunStep]:
    world = memory_world()
    start(world, CHAIN)
    command = world.publisher.take()
    other = start(memory_world(), CHAIN)
    (queued,) = command.facts
    assert isinstance(queued, RunQueued)
    foreign_plan = queued.plan.model_copy(update={"tenant_id": "umbrella"})
    return {
        "without facts": command.model_copy(update={"facts": ()}),
        "of another tenant": command.model_copy(update={"tenant_id": "umbrella"}),
        "of another run": command.model_copy(update={"run_id": other.run_id}),
        "with a fact of another run": command.model_copy(update={"facts": (queued, *other.facts)}),
        "for a step that the plan lacks": command.model_copy(update={"step_id": "none"}),
        "with another tenant's plan": command.model_copy(
            update={"facts": (queued.model_copy(update={"plan": foreign_plan}),)}
        ),
    }


@pytest.mark.parametrize("kind", list(forged_commands()))
def test_a_command_that_contradicts_itself_is_refused_before_anything_is_done(kind: str) -> None:
    world = memory_world()

    with pytest.raises(InvalidError):
        execute(world, forged_commands()[kind])

    assert world.log.events == []
    assert world.warehouse.jobs == {}


@pytest.mark.parametrize("seconds", [-1, 1])
def test_another_plan_does_not_take_the_place_of_the_recorded_one(seconds: int) -> None:
    world = memory_world()
    start(world, CHAIN)
    command = world.publisher.take()
    queued = sole_acceptance(command.facts)
    shorter = queued.plan.model_copy(update={"steps": queued.plan.steps[:1]})
    forged = queued.model_copy(
        update={"plan": shorter, "occurred_at": queued.occurred_at + timedelta(seconds=seconds)}
    )

    execute(world, command.model_copy(update={"facts": (forged,)}))

    assert [command.step_id for command in world.publisher.commands] == ["check"]
