"""What must hold of every schedule once it is over."""

from collections import Counter

from shared.domain.event import Event
from shared.domain.fold import fold
from shared.domain.ids import JobId, RunId, run_date
from shared.domain.job import OBJECTS_LABEL, Job
from shared.domain.plan import PlannedDq, PlannedIngest, PlannedStep
from shared.domain.run import Run
from tests.simulation.due_files import require_files_once
from tests.simulation.growing import require_rows_up_to_the_cursor
from tests.simulation.timeline import ViolationError
from tests.simulation.warehouse import is_main
from tests.simulation.workers import Workers


def require_laws(workers: Workers) -> None:
    """Raise ViolationError for the first law that was broken."""
    runs = [workers.log.truth(run_id) for run_id in workers.log.queued]
    done = workers.warehouse.effects()
    jobs = [job for job in done if is_main(job)]
    _require_what_was_loaded(jobs, {job.job_id: job for job in done})
    require_files_once(runs, jobs, workers)
    require_rows_up_to_the_cursor(runs, jobs, workers)
    effects = Counter(_place(job) for job in jobs)
    _require_one_run_a_key(runs)
    for run in runs:
        _require(run.has_ended, f"run {run.run_id} has not ended: {run.status}")
        _require_fold(run, workers)
        for step in run.plan.steps:
            _require_effects(run, step, effects, jobs)


def _require_what_was_loaded(jobs: list[Job], done_by_id: dict[JobId, Job]) -> None:
    # A statement takes what its load brought: the same version of the objects, or rows that were read.
    for job in jobs:
        load = done_by_id.get(JobId(f"{job.job_id}_load"))
        _require(
            load is None or load.labels.get(OBJECTS_LABEL) == job.labels.get(OBJECTS_LABEL),
            f"{job.job_id} writes other rows than {job.job_id}_load has loaded",
        )
        version = job.labels.get(OBJECTS_LABEL)
        other = JobId(f"{job.job_id}_load_{version}_1")
        _require(
            version is None or (load is not None and other in done_by_id),
            f"{job.job_id} writes what isn't loaded",
        )


def _require_one_run_a_key(runs: list[Run]) -> None:
    # Users ask for each pipeline with one key, however often they ask. Around midnight the log's lag may hide that
    # the key was used on the day before.
    asked = Counter(
        (run.pipeline_id, run_date(run.run_id))
        for run in runs
        if run.trigger == "api" and run.rerun_of is None
    )
    _require(all(count == 1 for count in asked.values()), f"one key was accepted several times: {asked}")


def _require_effects(
    run: Run, step: PlannedStep, effects: Counter[tuple[RunId, int]], jobs: list[Job]
) -> None:
    place = (run.plan.rows_of or run.run_id, step.number)
    count, status = effects[place], run.step(step.id).status
    told = f"step {step.id} of run {run.run_id} is {status} and had its effect {count} times"
    if isinstance(step, PlannedDq):
        # A check changes nothing, and one whose rule was broken is made again by a rerun.
        _require(count >= 1 or status != "SUCCESS", told)
        return
    _require(count <= 1, told)
    has_nothing_due = count == 0 and isinstance(step, PlannedIngest) and step.source.needs.way is not None
    _require(count == 1 or has_nothing_due or status != "SUCCESS", told)
    own = [job for job in jobs if _place(job) == place and job.labels["run_id"] == run.run_id]
    _require(status != "FAILED" or not own, told)


def _require_fold(run: Run, workers: Workers) -> None:
    events: list[Event] = [row.event for row in workers.log.rows[run.run_id]]
    rng = workers.timeline.rng
    mixed = events + rng.choices(events, k=3)
    rng.shuffle(mixed)
    _require(fold(mixed) == run, f"run {run.run_id} depends on the order of its events")
    _require(
        {event.tenant_id for event in events} == {run.tenant_id}, f"run {run.run_id} has another's events"
    )


def _place(job: Job) -> tuple[RunId, int]:
    _, rows_of, number, _ = job.job_id.split("_")
    return RunId(rows_of), int(number)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ViolationError(otherwise)
