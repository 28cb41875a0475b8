"""Tables that are missing when a step needs them."""

import pytest
from pydantic import JsonValue

from shared.domain.errors import StepError
from shared.domain.job import Job, JobOutcome
from tests.fakes.acme import CHAIN
from tests.fakes.delivery import deliver_all, execute, run_of, start
from tests.fakes.warehouse import MemoryWarehouse, succeeded
from tests.fakes.world import memory_world
from tests.unit.usecases.worlds import BusyWarehouse, failing, parts_of, with_step

GONE = StepError("Not found: Table acme.raw_data")


def test_every_table_of_a_run_is_there_before_it_is_needed() -> None:
    world = memory_world()
    world.warehouse.missing = {"raw_data", "transformed_data", "transformed_data_write_lock"}
    run = start(world, CHAIN)

    deliver_all(world)

    assert world.warehouse.required == [
        "raw_data",
        "raw_data",
        "transformed_data",
        "transformed_data_write_lock",
    ]
    assert world.warehouse.missing == set()
    assert [(step.status, step.attempt) for step in run_of(world, run).steps] == [("SUCCESS", 1)] * 3


def test_a_table_that_only_a_person_can_mend_fails_the_step_and_its_attempt_is_over() -> None:
    world = memory_world()
    world.warehouse.unsound = {"raw_data"}
    run = start(world, CHAIN)

    deliver_all(world)

    assert run_of(world, run).error_message == "ingest_charges: acme.raw_data differs"
    assert (list(world.warehouse.jobs), parts_of(run, list(world.warehouse.voided))) == ([], ["_1_1"])


def test_a_table_that_was_changed_once_its_job_was_submitted_changes_nothing() -> None:
    warehouse = BusyWarehouse()
    warehouse.before_wait = [cut]
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    command = world.publisher.take()
    with pytest.raises(KeyboardInterrupt):
        execute(world, command)
    warehouse.unsound = {"raw_data"}

    execute(world, command)

    assert run_of(world, run).step("ingest_charges").status == "SUCCESS"
    assert parts_of(run, list(warehouse.jobs)) == ["_1_1"]


def test_a_table_that_was_removed_since_it_was_looked_at_costs_an_attempt() -> None:
    warehouse = RemovedTable()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)

    deliver_all(world)

    ended = run_of(world, run)
    assert [(step.status, step.attempt) for step in ended.steps] == [("SUCCESS", 2), *[("SUCCESS", 1)] * 2]
    assert parts_of(run, list(warehouse.effects)) == ["_1_2", "_2_1", "_3_1"]


def test_a_step_that_has_no_attempt_left_says_that_the_table_is_there_by_now() -> None:
    world = memory_world(warehouse=RemovedTable(), configs=with_step("retry: {attempts: 1}"))
    run = start(world, CHAIN)

    deliver_all(world)

    assert run_of(world, run).error_message == (
        "ingest_charges: Not found: Table acme.raw_data. By now raw_data is there as declared, and another attempt "
        "may succeed"
    )


def test_a_table_that_is_gone_is_not_made_for_what_replaces_by_it() -> None:
    gone = StepError("Not found: Table acme.raw_data")
    world = memory_world(warehouse=MemoryWarehouse(failing(gone, "_3_1")))
    run = start(world, CHAIN)
    for _ in range(2):
        execute(world, world.publisher.take())
    world.warehouse.missing = {"raw_data"}

    deliver_all(world)

    assert run_of(world, run).error_message == "daily: Not found: Table acme.raw_data"
    assert world.warehouse.missing == {"raw_data"}


def test_a_job_that_failed_for_another_reason_fails_the_step() -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing(StepError("Division by zero"), "_3_1")))
    run = start(world, CHAIN)

    deliver_all(world)

    assert run_of(world, run).error_message == "daily: Division by zero"


class RemovedTable(MemoryWarehouse):
    """Its raw_data is gone when the first job comes, after it was looked at."""

    def __init__(self) -> None:
        super().__init__(self._outcome_where_it_is_gone)

    def _outcome_where_it_is_gone(self, job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if job.job_id.endswith("_1_1"):
            self.missing = {"raw_data"}
            raise GONE
        return succeeded(job, rows)


def cut() -> None:
    """The process is gone."""
    raise KeyboardInterrupt
