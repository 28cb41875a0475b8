"""What is remembered of sources in a schedule, and what came of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from shared.domain.ids import JobId
from shared.domain.job import Job
from shared.domain.plan import PlannedIngest
from shared.domain.progress import Progress, progress_of
from shared.domain.run import Run
from shared.domain.source_needs import SourceNeeds
from shared.steps.source_memory import way_of
from tests.simulation.workers import Workers

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
IsMeant = Callable[[SourceNeeds], bool]
"""Whether it is about steps whose source has such needs."""


def runs_by_pipeline(runs: list[Run], is_meant: IsMeant) -> Iterator[tuple[list[Run], PlannedIngest]]:
    """The runs of each pipeline that has such steps, and the first of these."""
    for pipeline in {run.pipeline_id for run in runs}:
        own = [run for run in runs if run.pipeline_id == pipeline]
        steps = [step for run in own for step in steps_of(run, is_meant)]
        if steps:
            yield own, steps[0]


def steps_of(run: Run, is_meant: IsMeant) -> list[PlannedIngest]:
    """Such steps of the run."""
    steps = (step for step in run.plan.steps if isinstance(step, PlannedIngest))
    return [step for step in steps if is_meant(step.source.needs)]


def known_of(step: PlannedIngest, run: Run, workers: Workers) -> Progress:
    """What counts as taken of the step's source, by all that the log holds of the run's pipeline."""
    readings = workers.log.list_all_readings(run.tenant_id, run.pipeline_id, first_date=_LONG_AGO.date())
    way = way_of(step.source, step.destination, ())
    return progress_of(readings, table=step.table.name, way=way or "", since=_LONG_AGO)


class Load(NamedTuple):
    """Rows that were loaded, and when the statement began and ended that has put them where they belong."""

    rows: list[dict[str, Any]]
    began_at: float
    ended_at: float


def loads_of(runs: list[Run], jobs: list[Job], workers: Workers, is_meant: IsMeant) -> Iterator[Load]:
    """What such steps have loaded, in the order in which the statements ended."""
    run_by_id: dict[str, Run] = {run.run_id: run for run in runs}
    warehouse = workers.warehouse
    for job in sorted(jobs, key=lambda job: warehouse.ended_at(job.job_id)):
        run = run_by_id.get(job.labels["run_id"])
        if run and any(step.id == job.labels["step"] for step in steps_of(run, is_meant)):
            rows = list(warehouse.loaded(JobId(f"{job.job_id}_load")))
            yield Load(rows, warehouse.began_at(job.job_id), warehouse.ended_at(job.job_id))
