"""What must hold of sources that go on by a cursor, once a schedule is over."""

from datetime import UTC, date, datetime
from typing import Any, TypeGuard

from shared.domain.ids import JobId
from shared.domain.job import Job
from shared.domain.plan import PlannedIngest, PlannedStep
from shared.domain.progress import progress_of
from shared.domain.run import Run
from shared.steps.source_memory import way_of
from tests.simulation.timeline import ViolationError
from tests.simulation.workers import Workers


def require_rows_up_to_the_cursor(runs: list[Run], jobs: list[Job], workers: Workers) -> None:
    """Raise ViolationError unless the table has every row up to where the next reading begins, as it is now."""
    for pipeline in {run.pipeline_id for run in runs}:
        own = [run for run in runs if run.pipeline_id == pipeline]
        steps = [step for run in own for step in run.plan.steps if _goes_on(step)]
        if not steps:
            continue
        readings = workers.log.list_all_readings(own[0].tenant_id, pipeline, first_date=date(2000, 1, 1))
        way, since = way_of(steps[0].source, steps[0].destination, ()), datetime(2000, 1, 1, tzinfo=UTC)
        cursor = progress_of(readings, table=steps[0].table.name, way=way or "", since=since).cursor
        table = _table({run.run_id: run for run in own}, jobs, workers)
        for key, version in workers.reader.cursor_by_key.items():
            if cursor is not None and version <= int(cursor) and table.get(key) != version:
                raise ViolationError(
                    f"{pipeline} counts as read up to {cursor}, and has {key} as {table.get(key)}, not {version}"
                )


def _table(runs: dict[Any, Run], jobs: list[Job], workers: Workers) -> dict[str, int]:
    """The cursor of each key's row, once the jobs have merged what was loaded, one after the other."""
    table: dict[str, int] = {}
    for job in sorted(jobs, key=lambda job: workers.warehouse.ended_at(job.job_id)):
        run = runs.get(job.labels["run_id"])
        step = run.plan.step(job.labels["step"]) if run else None
        if step is None or not _goes_on(step):
            continue
        loaded: list[dict[str, Any]] = list(workers.warehouse.loaded(JobId(f"{job.job_id}_load")))
        table.update({row["data"]["key"]: row["data"]["cursor"] for row in loaded})
    return table


def _goes_on(step: PlannedStep) -> TypeGuard[PlannedIngest]:
    return isinstance(step, PlannedIngest) and step.source.needs.goes_on
