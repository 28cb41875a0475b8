"""Sources that are read for longer than a call waits for jobs."""

from datetime import datetime, timedelta

import pytest

from shared.domain.command import Stance
from shared.domain.errors import StillRunningError
from shared.domain.ids import JobId
from shared.domain.job import Job, JobHandle, JobOutcome
from tests.fakes.acme import CHAIN
from tests.fakes.clock import SetClock
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import execute, run_of, start
from tests.fakes.warehouse import MemoryWarehouse, whole
from tests.fakes.world import memory_world
from tests.unit.usecases.test_execute_step_readers import SlowReader
from tests.unit.usecases.worlds import PIPELINE, parts_of, with_timeout

A_SECOND = timedelta(seconds=1)


class SlowWarehouse(MemoryWarehouse):
    """A warehouse in which each job takes a second."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__()
        self._clock = clock
        self._done_at: dict[JobId, datetime] = {}

    def submit(self, job: Job) -> JobHandle:
        asked = whole(job)
        self._done_at.setdefault(job.job_id, self._clock.now() + A_SECOND)
        return super().submit(asked)

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        left = self._done_at[handle.job_id] - self._clock.now()
        if left > timedelta(0):
            if until < self._clock.now() + left:
                raise StillRunningError(f"Job {handle.job_id} still runs")
            self._clock.advance(left)
        return super().wait(handle, until=until)


def three_hours_to_ingest(mode: str) -> MemoryConfigs:
    """The tenant's files, where the chain has all the time it needs and its ingest step this mode."""
    files = with_timeout("3h").folder.files
    text = files[PIPELINE].replace("mode: append", f"mode: {mode}")
    text = text.replace("    rules: quality", "    rules: quality\n    scope: pipeline")
    return MemoryConfigs({**files, PIPELINE: text, "acme/transforms/daily.sql": "SELECT 1 AS usage_date"})


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_what_was_read_for_longer_than_a_call_waits_is_loaded_and_not_read_again(mode: str) -> None:
    clock = SetClock()
    reader, warehouse = SlowReader(clock), SlowWarehouse(clock)
    reader.rows = 1000
    world = memory_world(clock=clock, reader=reader, warehouse=warehouse, configs=three_hours_to_ingest(mode))
    run = start(world, CHAIN)

    stances = [execute(world, world.publisher.take())]
    loaded = parts_of(run, list(warehouse.loaded))
    clock.advance(A_SECOND)
    stances.append(execute(world, world.publisher.take()))

    assert stances == [Stance.WAIT, Stance.DO]
    assert loaded == ["_1_1_load" if mode == "replace" else "_1_1"]
    assert reader.asked == 1000
    step = run_of(world, run).steps[0]
    assert (step.status, step.attempt, step.metrics.rows_in) == ("SUCCESS", 1, 1000)
