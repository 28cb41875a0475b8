"""Objects that BigQuery loads by itself: nothing of them goes through Python.

They go into a staging table of their own columns, and from there by one statement to where reading them would have put
them. The job that loads has the id that an upload of the rows would have, so only one of the two is ever done for an
attempt; and it says in a label of which version of the objects it is. A URI can't say that: so the objects are looked
at before and after, and where they are others then, or BigQuery can't load them, the attempt is over and the next one
reads them.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from shared.domain.errors import (
    AttemptError,
    ForbiddenError,
    NotDirectlyError,
    NotYetError,
    OverspentError,
    StepError,
    StillRunningError,
    TransientError,
)
from shared.domain.job import OBJECTS_LABEL, JobHandle, JobOutcome, QueryJob
from shared.domain.loadable import LoadableObjects
from shared.domain.plan import PlannedIngest
from shared.domain.source import RowSource
from shared.log import log
from shared.ports import Reader, Warehouse
from shared.sql.statement import quoted
from shared.steps.attempt import Attempt
from shared.steps.files_sql import own_columns, tells_file
from shared.steps.objects_parts import load_of, most_objects, others_loaded, parts_of, prepare_parts
from shared.steps.objects_sql import objects_query, why_not_loaded
from shared.steps.staging_table import drop_of
from shared.steps.submit import submit
from shared.steps.watch import Watch
from shared.steps.write_job import write_job

_PARTS_LABEL = "parts"
"""Says how many jobs have loaded the objects, this one included."""
_ROWS_LABEL = "rows"
"""Says how many rows the statement writes; it has no other way that holds for every mode."""
_UNION = "\nUNION ALL\n"

Find = Callable[..., LoadableObjects | str]
"""Looks at the step's objects: those `known`, and what to call meanwhile as `look`."""


def find_for(step: PlannedIngest, source: RowSource, attempt: Attempt, *, reader: Reader) -> Find:
    """How the step's objects are looked at."""
    plan = attempt.plan

    def find(**options: Any) -> LoadableObjects | str:
        found = reader.objects(
            source,
            tenant_id=plan.tenant_id,
            parameters=plan.parameters,
            most=most_objects(step),
            **options,
        )
        if isinstance(found, str):
            return found
        own = own_columns(step)
        return why_not_loaded(found.columns, step.table, own) or found

    return find


def objects_to_load(
    step: PlannedIngest, attempt: Attempt, find: Find, *, warehouse: Warehouse, watch: Watch
) -> tuple[LoadableObjects | None, list[JobOutcome]]:
    """The objects that BigQuery is to load for this attempt, and what came of the jobs that made tables for them.

    None where they are to be read. Only the first attempt tries it, and only where another one may follow.
    """
    if not isinstance(step.source, RowSource) or not step.may_be_loaded:
        return None, []
    if attempt.number_in_all > 1 or step.retry.attempts <= 1 or step.destination.sets_aside:
        return None, []
    try:
        found = find(look=watch.look)
        if isinstance(found, LoadableObjects):
            return found, prepare_parts(found, step, attempt, warehouse=warehouse)
    except StillRunningError:
        raise
    except (StepError, ForbiddenError, TransientError) as error:
        # Whoever reads them meets the same, and ends the attempt as a reading ends; or needs no such table.
        found = str(error)
    log(
        "objects_read_here",
        tenant_id=attempt.plan.tenant_id,
        run_id=attempt.run_id,
        step_id=step.id,
        attempt=attempt.number,
        reason=found,
    )
    return None, []


def submit_objects(
    objects: LoadableObjects, step: PlannedIngest, attempt: Attempt, *, warehouse: Warehouse
) -> JobHandle:
    """The load job, or whatever took its id."""
    first, *others = parts_of(objects, step, attempt)
    job = load_of(first, attempt, **{OBJECTS_LABEL: objects.version, _PARTS_LABEL: str(1 + len(others))})
    try:
        return submit(job, attempt, warehouse=warehouse)
    except StepError as error:
        raise NotDirectlyError(error) from error


def write_objects(
    loaded: JobOutcome,
    step: PlannedIngest,
    attempt: Attempt,
    *,
    find: Find,
    known: LoadableObjects | None,
    warehouse: Warehouse,
) -> list[JobOutcome]:
    """Put the loaded rows where they belong. Raises NotDirectlyError where the objects are others by now.

    But for those that somebody has put there already, who looked while the objects were as they were loaded.
    """
    wait = partial(warehouse.wait, until=attempt.until)
    try:
        now = find(known=known)
        count = _count_loaded(now, loaded, step, attempt=attempt, warehouse=warehouse)
    except TransientError as error:
        raise NotYetError(str(error), retry_after_seconds=error.retry_after_seconds) from error
    except (StepError, ForbiddenError) as error:
        now = count = str(error)
    if isinstance(now, str) or isinstance(count, str):
        if not warehouse.void(attempt.handle()):
            return [wait(attempt.handle())]
        raise NotDirectlyError(count)
    write, *drops = _statements(now, step, attempt, row_count=count)
    try:
        jobs = [wait(submit(write, attempt, warehouse=warehouse))]
    except OverspentError:
        raise
    except StepError as error:
        raise NotDirectlyError(error) from error
    # The rows are where they belong.
    with suppress(StepError, AttemptError, ForbiddenError):
        jobs.extend([wait(each) for each in [warehouse.submit(drop) for drop in drops]])
    return jobs


def _count_loaded(
    now: LoadableObjects | str,
    loaded: JobOutcome,
    step: PlannedIngest,
    *,
    attempt: Attempt,
    warehouse: Warehouse,
) -> int | str:
    """How many rows were loaded, or why they are not those that are there."""
    if isinstance(now, str):
        return now
    if now.version != loaded.labels[OBJECTS_LABEL]:
        return "they were replaced, or others came, while they were loaded"
    parts = parts_of(now, step, attempt)
    if loaded.labels.get(_PARTS_LABEL, "1") != str(len(parts)):
        return "they were loaded by another release"
    others = others_loaded(parts, attempt, warehouse=warehouse)
    count = sum(each.rows_written or 0 for each in (loaded, *others))
    if now.row_count is not None and now.row_count != count:
        return f"they say that they hold {now.row_count:,} rows, and {count:,} were loaded"
    return count


def rows_of(jobs: list[JobOutcome]) -> int | None:
    """How many rows the first of the jobs has written, as `write_objects` gave them."""
    count = jobs[0].labels.get(_ROWS_LABEL)
    return int(count) if count else None


def _statements(
    objects: LoadableObjects, step: PlannedIngest, attempt: Attempt, *, row_count: int
) -> list[QueryJob]:
    """The job that puts the rows where they belong, and those that drop the staging tables."""
    dataset, parts = attempt.plan.tenant_id, parts_of(objects, step, attempt)
    labels = {OBJECTS_LABEL: objects.version, _ROWS_LABEL: str(row_count)}
    rows = _UNION.join(
        objects_query(
            objects.columns,
            step.table,
            own_columns(step),
            source=quoted(dataset, part.table.name),
            file=part.file,
            text=part.text,
        )
        for part in parts
    )
    write = write_job(step, attempt, rows=rows, tells_file=tells_file(step))
    drops = [drop_of(part.table, attempt, part=f"drop{part.suffix}") for part in parts]
    return [write.model_copy(update={"labels": {**attempt.labels, **labels}}), *drops]
