"""What must hold of sources of which only what is due is loaded, once a schedule is over."""

from datetime import UTC, date, datetime
from typing import Any, TypeGuard

from shared.domain.ids import JobId, RunId
from shared.domain.job import Job
from shared.domain.plan import PlannedIngest, PlannedStep
from shared.domain.progress import progress_of
from shared.domain.run import Run
from tests.simulation.timeline import ViolationError
from tests.simulation.workers import Workers

Rows = list[Any]


def require_files_once(runs: list[Run], jobs: list[Job], workers: Workers) -> None:
    """Raise ViolationError unless what counts as loaded is in the table, as it was read and once."""
    for pipeline in {run.pipeline_id for run in runs}:
        own = [run for run in runs if run.pipeline_id == pipeline]
        steps = [step for run in own for step in run.plan.steps if _is_by_file(step)]
        if not steps:
            continue
        tenant, way = own[0].tenant_id, steps[0].source.needs.way
        table = _table({run.run_id: run for run in own}, jobs, workers)
        readings = workers.log.list_all_readings(tenant, pipeline, first_date=date(2000, 1, 1))
        known = progress_of(
            readings, table=steps[0].table.name, way=way or "", since=datetime(2000, 1, 1, tzinfo=UTC)
        )
        for file in known.files:
            if file.version is not None:
                rows = workers.reader.rows_by_version[file.version]
                _require(
                    table.get(file.name) == rows, f"{file.name} of {pipeline} is {table} and counts as {rows}"
                )
            _require(file.name in table, f"{file.name} of {pipeline} counts as loaded and is not there")
        succeeded = [
            run for run in own for step in run.plan.steps if _is_by_file(step) and _has_succeeded(run, step)
        ]
        _require(not succeeded or bool(table), f"{pipeline} has succeeded and has loaded no file")


def _table(runs: dict[RunId, Run], jobs: list[Job], workers: Workers) -> dict[str, Rows]:
    """The rows of each file, once the jobs have put them there, one after the other."""
    table: dict[str, Rows] = {}
    for job in sorted(jobs, key=lambda job: workers.warehouse.ended_at(job.job_id)):
        run = runs.get(RunId(job.labels["run_id"]))
        step = run.plan.step(job.labels["step"]) if run else None
        if step is None or not _is_by_file(step):
            continue
        loaded = workers.warehouse.loaded(JobId(f"{job.job_id}_load"))
        taken = [str(row["taken_file"]) for row in loaded if "taken_file" in row]
        for name in taken:
            table[name] = [row["data"] for row in loaded if row.get("source_file") == name]
    return table


def _is_by_file(step: PlannedStep) -> TypeGuard[PlannedIngest]:
    return isinstance(step, PlannedIngest) and step.source.needs.by_file


def _has_succeeded(run: Run, step: PlannedIngest) -> bool:
    return run.step(step.id).status == "SUCCESS"


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ViolationError(otherwise)
