"""Doing a run again: its rest, or all of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import JsonValue

from shared.domain.errors import AttemptError, ConflictError, NotFoundError, NotYetError, StepError
from shared.domain.event import RunCancelled, RunTimedOut, StepRetried, StepStarted
from shared.domain.ids import JobId
from shared.domain.job import Job, JobOutcome
from shared.domain.run import LOG_LAG, Run
from shared.usecases.rerun_run import RerunFrom
from shared.usecases.time_out_run import time_out_run
from tests.fakes.acme import CHAIN, FILES, GRAPH, ROWS_BY_PATH
from tests.fakes.clock import BEFORE_MIDNIGHT
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import cancel, deliver_all, execute, finished, rerun, run_of, start
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import MemoryWarehouse, OutcomeOf, succeeded
from tests.fakes.world import MemoryWorld, memory_world


def failing_once(which: str, error: Exception) -> OutcomeOf:
    """Jobs that succeed, but for the first one whose id has `which` in it."""
    errors = [error]

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if which in job.job_id and errors:
            raise errors.pop()
        return succeeded(job, rows)

    return outcome_of


def failing_check() -> OutcomeOf:
    """Jobs that succeed, but for the first check, which finds a row without a cost."""
    figures = [1]

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        outcome = succeeded(job, rows)
        if "_2_" in job.job_id and figures:
            return outcome.model_copy(update={"rows": ({**outcome.rows[0], "figure_1": figures.pop()},)})
        return outcome

    return outcome_of


def failed_for_want_of_a_file() -> tuple[MemoryWorld, Run]:
    world = memory_world(reader=MemoryReader({}))
    return world, finished(world, start(world, CHAIN))


def test_the_rest_of_a_failed_run_is_done_under_the_first_runs_id() -> None:
    world, old = failed_for_want_of_a_file()
    world.reader.rows_by_path.update(ROWS_BY_PATH)

    again = finished(world, rerun(world, old))

    assert (old.status, again.status, again.rerun_of) == ("FAILED", "SUCCESS", old.run_id)
    assert list(world.warehouse.effects) == [f"cdp_{old.run_id}_{n}" for n in ("1_2", "2_1", "3_1")]
    assert {row["run_id"] for rows in world.warehouse.loaded.values() for row in rows} == {old.run_id}


def test_sql_sees_the_first_runs_id_and_day() -> None:
    world, old = failed_for_want_of_a_file()
    world.reader.rows_by_path.update(ROWS_BY_PATH)
    world.clock.advance(timedelta(days=3))

    finished(world, rerun(world, old))

    seen = {
        value.name: value.value
        for value in world.warehouse.queries[JobId(f"cdp_{old.run_id}_3_1")].parameters
    }
    assert (seen["run_id"], seen["run_date"]) == (old.run_id, "2025-11-15")


def test_steps_that_succeeded_are_not_done_again() -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing_once("_3_1", StepError("Not found: Table x"))))
    old = finished(world, start(world, CHAIN))

    again = finished(world, rerun(world, old))

    assert [(step.id, step.number, step.status) for step in again.steps] == [("daily", 3, "SUCCESS")]
    assert list(world.warehouse.effects) == [f"cdp_{old.run_id}_{n}" for n in ("1_1", "2_1", "3_2")]


def test_a_check_that_failed_by_its_rule_is_made_again() -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing_check()))
    old = finished(world, start(world, CHAIN))

    again = finished(world, rerun(world, old))

    assert old.error_message == "check: has_cost: 1 of 10 rows have no value"
    assert [(step.id, step.status) for step in again.steps] == [("check", "SUCCESS"), ("daily", "SUCCESS")]
    assert f"cdp_{old.run_id}_2_2" in world.warehouse.jobs


def test_steps_that_waited_for_each_other_still_do() -> None:
    world = memory_world(reader=MemoryReader({"charges.csv": ROWS_BY_PATH["charges.csv"]}))
    old = finished(world, start(world, GRAPH))
    world.reader.rows_by_path.update(ROWS_BY_PATH)

    again = rerun(world, old)

    assert [(step.id, step.needs) for step in again.plan.steps] == [
        ("ingest_credits", ()),
        ("daily", ("ingest_credits",)),
    ]
    assert finished(world, again).status == "SUCCESS"


def test_a_cancelled_run_is_done_to_its_end() -> None:
    world = memory_world()
    old = start(world, CHAIN)
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=1))
    cancel(world, old)
    deliver_all(world)

    again = finished(world, rerun(world, old))

    assert (run_of(world, old).status, again.status) == ("CANCELLED", "SUCCESS")
    assert [(step.id, step.attempt) for step in again.steps] == [("check", 2), ("daily", 1)]
    assert list(world.warehouse.effects) == [f"cdp_{old.run_id}_{n}" for n in ("1_1", "2_2", "3_1")]


def test_a_step_of_a_cancelled_run_may_be_tried_again_whatever_its_retry_says() -> None:
    chain = "acme/pipelines/demo/cost/chain.yml"
    files = dict(FILES)
    files[chain] = files[chain].replace(
        "    source: charges\n", "    source: charges\n    retry: {attempts: 1, on: [quota]}\n"
    )
    world = memory_world(configs=MemoryConfigs(files))
    old = start(world, CHAIN)
    world.clock.advance(timedelta(seconds=1))
    cancel(world, old)

    again = finished(world, rerun(world, old))

    assert again.status == "SUCCESS"
    assert [len(rows) for rows in world.warehouse.loaded.values()] == [2]


def test_an_append_whose_job_succeeded_although_its_run_was_cancelled_is_not_doubled() -> None:
    world = memory_world()
    old = start(world, CHAIN)
    job_id = JobId(f"cdp_{old.run_id}_1_1")
    world.warehouse.running.add(job_id)
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=1))
    # The call to stop it comes too late: the job is done by then.
    world.warehouse.running.remove(job_id)
    cancel(world, old)
    world.publisher.take()

    again = finished(world, rerun(world, old))

    assert again.status == "SUCCESS"
    assert list(world.warehouse.loaded) == [job_id]
    assert again.totals.rows_ingested == 2


def test_the_source_of_an_append_that_was_done_after_all_may_be_gone() -> None:
    world = memory_world()
    old = start(world, CHAIN)
    world.warehouse.running.add(JobId(f"cdp_{old.run_id}_1_1"))
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=1))
    world.warehouse.running.clear()
    cancel(world, old)
    world.publisher.take()
    world.reader.rows_by_path.clear()

    again = finished(world, rerun(world, old))

    assert (again.status, again.steps[0].attempt) == ("SUCCESS", 1)


def test_a_run_that_took_too_long_is_done_to_its_end() -> None:
    world = memory_world()
    old = start(world, CHAIN)
    world.warehouse.running.add(JobId(f"cdp_{old.run_id}_1_1"))
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(hours=2))
    time_out_run(run_of(world, old), log=world.log, warehouse=world.warehouse, clock=world.clock)
    world.publisher.take()

    again = finished(world, rerun(world, old))

    assert any(isinstance(event, RunTimedOut) for event in world.log.events)
    assert (run_of(world, old).status, again.status) == ("FAILED", "SUCCESS")
    assert list(world.warehouse.loaded) == [f"cdp_{old.run_id}_1_2"]


def test_an_attempt_that_only_started_is_not_passed_over() -> None:
    """Another delivery may be about to do it; whoever comes first does it for both."""
    world, old = failed_for_want_of_a_file()
    begun = next(event for event in world.log.events if isinstance(event, StepStarted))
    about = begun.model_dump(exclude={"event_type"})
    world.log.append(
        [
            StepRetried(**about, error_message="The source is busy"),
            begun.model_copy(update={"attempt": 2, "occurred_at": world.clock.now()}),
            RunCancelled(
                **{name: about[name] for name in ("tenant_id", "pipeline_id", "run_id", "occurred_at")},
                cancelled_by="key 12345678",
            ),
        ]
    )

    again = rerun(world, old)

    step = again.plan.step("ingest_charges")
    assert step is not None
    assert step.attempts_before == 1


def test_attempts_that_failed_are_counted_over_all_reruns() -> None:
    busy = AttemptError("The table is busy", kind="conflict")
    errors = [busy, busy, busy, StepError("Not found: Table x")]

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if "_3_" in job.job_id and errors:
            raise errors.pop(0)
        return succeeded(job, rows)

    world = memory_world(warehouse=MemoryWarehouse(outcome_of))
    first = finished(world, start(world, CHAIN))
    second = finished(world, rerun(world, first))
    third = finished(world, rerun(world, second))

    assert [run.status for run in (first, second, third)] == ["FAILED", "FAILED", "SUCCESS"]
    assert [job_id for job_id in world.warehouse.jobs if "_3_" in job_id] == [
        f"cdp_{first.run_id}_3_{attempt}" for attempt in range(1, 6)
    ]
    assert third.plan.rows_of == first.run_id


def test_asked_for_twice_the_rest_is_one_run() -> None:
    world, old = failed_for_want_of_a_file()

    runs = [rerun(world, old) for _ in range(2)]

    assert runs[0].run_id == runs[1].run_id
    assert len([event for event in world.log.events if event.event_type == "RunQueued"]) == 2


def test_asked_for_days_later_the_rest_is_the_same_run() -> None:
    world, old = failed_for_want_of_a_file()
    first = rerun(world, old)
    world.clock.advance(timedelta(days=5))

    assert rerun(world, old).run_id == first.run_id


def test_two_runs_of_the_same_rest_have_their_effect_once() -> None:
    world, old = failed_for_want_of_a_file()
    world.reader.rows_by_path.update(ROWS_BY_PATH)
    # Somebody asks for it the next day who can't see yet that it was asked for.
    other = memory_world(reader=world.reader, warehouse=world.warehouse)
    other.log.append(world.log.events)
    other.clock.advance(timedelta(days=1))

    first, second = rerun(world, old), rerun(other, old)
    ended = [finished(world, first), finished(other, second)]

    assert first.run_id != second.run_id
    assert [run.status for run in ended] == ["SUCCESS", "SUCCESS"]
    assert list(world.warehouse.loaded) == [f"cdp_{old.run_id}_1_2"]


def test_a_rest_that_failed_too_is_left_to_its_own_rerun() -> None:
    world, old = failed_for_want_of_a_file()
    again = finished(world, rerun(world, old))

    with pytest.raises(ConflictError, match="Rerun that one") as caught:
        rerun(world, old)

    assert (caught.value.code, caught.value.run_id) == ("already_rerun", again.run_id)


def test_a_rest_that_was_done_is_not_done_again() -> None:
    world, old = failed_for_want_of_a_file()
    world.reader.rows_by_path.update(ROWS_BY_PATH)
    again = finished(world, rerun(world, old))

    assert rerun(world, old).run_id == again.run_id
    assert world.publisher.commands == []


def test_a_run_that_succeeded_has_no_rest() -> None:
    world = memory_world()
    old = finished(world, start(world, CHAIN))

    with pytest.raises(ConflictError, match="nothing of it is left") as caught:
        rerun(world, old)

    assert (caught.value.code, caught.value.run_id) == ("nothing_failed", old.run_id)


def test_a_cancelled_run_whose_steps_all_succeeded_nevertheless_has_no_rest() -> None:
    world = memory_world()
    old = start(world, CHAIN)
    world.clock.advance(timedelta(minutes=1))
    completed_at = finished(world, old).completed_at
    assert completed_at is not None
    world.log.append(
        [
            RunCancelled(
                tenant_id=old.tenant_id,
                pipeline_id=old.pipeline_id,
                run_id=old.run_id,
                occurred_at=completed_at - timedelta(seconds=1),
                cancelled_by="key 12345678",
            )
        ]
    )

    with pytest.raises(ConflictError, match="nothing of it is left"):
        rerun(world, old)

    assert run_of(world, old).status == "CANCELLED"


def test_a_run_that_goes_on_is_not_rerun() -> None:
    world = memory_world()
    old = start(world, CHAIN)

    with pytest.raises(ConflictError, match="has not ended: QUEUED") as caught:
        rerun(world, old, start="start")

    assert (caught.value.code, caught.value.run_id) == ("run_not_ended", old.run_id)


def test_another_tenants_run_is_not_found() -> None:
    world, old = failed_for_want_of_a_file()

    with pytest.raises(NotFoundError, match=r"^Run not found$"):
        rerun(world, old, tenant_id="umbrella")


def test_from_the_start_all_of_the_old_plan_is_done_under_a_new_id() -> None:
    world = memory_world()
    old = finished(world, start(world, CHAIN, {"days": "yesterday"}))
    world.clock.advance(timedelta(days=10))

    again = finished(world, rerun(world, old, start="start"))

    assert (again.status, again.rerun_of, again.plan) == ("SUCCESS", old.run_id, old.plan)
    assert len(world.warehouse.effects) == 6


def test_from_the_start_of_a_rest_all_of_the_first_runs_plan_is_done() -> None:
    world, first = failed_for_want_of_a_file()
    world.reader.rows_by_path.update(ROWS_BY_PATH)
    rest = finished(world, rerun(world, first))

    again = finished(world, rerun(world, rest, start="start"))

    assert again.plan == first.plan
    assert f"cdp_{again.run_id}_1_1" in world.warehouse.loaded


def test_from_the_start_it_is_a_new_run_each_time_but_for_an_idempotency_key() -> None:
    world, old = failed_for_want_of_a_file()

    run_ids = [rerun(world, old, start="start", key=key).run_id for key in (None, None, "a", "a", "b")]

    assert len(set(run_ids)) == 4
    assert run_ids[2] == run_ids[3]


@pytest.mark.parametrize(
    ("start_from", "key", "told"),
    [("start", "a", "this Idempotency-Key was used"), ("failed", None, "this run's rest was asked for")],
)
def test_what_may_have_been_asked_for_yesterday_waits_until_the_log_would_show_it(
    start_from: RerunFrom, key: str | None, told: str
) -> None:
    world, old = failed_for_want_of_a_file()
    world.clock.moment = BEFORE_MIDNIGHT
    world.log.lag = LOG_LAG
    first = rerun(world, old, start=start_from, key=key)
    world.clock.advance(timedelta(seconds=2))

    with pytest.raises(NotYetError, match=told) as caught:
        rerun(world, old, start=start_from, key=key)
    world.clock.advance(timedelta(seconds=caught.value.retry_after_seconds or 0))

    assert rerun(world, old, start=start_from, key=key).run_id == first.run_id


@pytest.mark.parametrize("start_from", ["failed", "start"])
def test_no_run_of_a_tenant_whose_folder_is_gone_is_done_again(start_from: RerunFrom) -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing_once("_3_1", StepError("Division by zero"))))
    run = finished(world, start(world, CHAIN))
    recorded = len(world.log.events)

    with pytest.raises(NotFoundError, match=r"^Tenant not found$"):
        rerun(replace(world, configs=MemoryConfigs({})), run, start=start_from)

    assert (len(world.log.events), world.publisher.commands) == (recorded, [])
