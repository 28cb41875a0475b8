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
    StepError,
    StillRunningError,
    TransientError,
)
from shared.domain.job import OBJECTS_LABEL, JobHandle, JobOutcome, ObjectsJob, QueryJob
from shared.domain.loadable import LoadableObjects
from shared.domain.plan import PlannedIngest
from shared.domain.source import RowSource
from shared.domain.table import Column, Table, ddl_type
from shared.log import log
from shared.ports import Reader, Warehouse
from shared.sql.statement import quoted, statement
from shared.steps.attempt import Attempt
from shared.steps.objects_sql import objects_query, why_not_loaded
from shared.steps.submit import submit
from shared.steps.watch import Watch
from shared.steps.write_sql import write_statement

Find = Callable[..., LoadableObjects | str]
"""Looks at the step's objects: those `known`, and what to call meanwhile as `look`."""


def find_for(step: PlannedIngest, source: RowSource, attempt: Attempt, *, reader: Reader) -> Find:
    """How the step's objects are looked at."""
    plan = attempt.plan

    def find(**options: Any) -> LoadableObjects | str:
        found = reader.objects(source, tenant_id=plan.tenant_id, parameters=plan.parameters, **options)
        reason = None if isinstance(found, str) else why_not_loaded(found.columns, step.table)
        return reason or found

    return find


def objects_to_load(
    step: PlannedIngest, attempt: Attempt, find: Find, *, warehouse: Warehouse, watch: Watch
) -> tuple[LoadableObjects | None, list[JobOutcome]]:
    """The objects that BigQuery is to load for this attempt, and what came of the job that made a table for them.

    None where they are to be read. Only the first attempt tries it, and only where another one may follow.
    """
    if not isinstance(step.source, RowSource) or not step.source.needs.may_be_loaded:
        return None, []
    if attempt.number_in_all > 1 or step.retry.attempts <= 1 or step.destination.sets_aside:
        return None, []
    try:
        found = find(look=watch.look)
        if isinstance(found, LoadableObjects):
            return found, [_create_table(found, step, attempt, warehouse=warehouse)]
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


def _create_table(
    objects: LoadableObjects, step: PlannedIngest, attempt: Attempt, *, warehouse: Warehouse
) -> JobOutcome:
    table = _objects_table(objects, step, attempt)
    columns = ",\n".join(f"  {quoted(column.name)} {ddl_type(column.type)}" for column in table.columns)
    target = quoted(attempt.plan.tenant_id, table.name)
    create = attempt.query(statement("create_staging", target=target, columns=columns), part="objects")
    # Not as other jobs are submitted: that it is refused does not end the attempt.
    return warehouse.wait(warehouse.submit(create), until=attempt.until)


def submit_objects(
    objects: LoadableObjects, step: PlannedIngest, attempt: Attempt, *, warehouse: Warehouse
) -> JobHandle:
    """The load job, or whatever took its id."""
    load = attempt.first_load
    job = ObjectsJob(
        tenant_id=load.tenant_id,
        job_id=load.job_id,
        location=load.location,
        table=_objects_table(objects, step, attempt),
        uris=objects.uris,
        timeout_seconds=attempt.timeout_seconds,
        labels={**attempt.labels, OBJECTS_LABEL: objects.version},
    )
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
    except TransientError as error:
        raise NotYetError(str(error), retry_after_seconds=error.retry_after_seconds) from error
    except (StepError, ForbiddenError) as error:
        now = str(error)
    reason = _why_unlike(now, loaded)
    if isinstance(now, str) or reason is not None:
        if not warehouse.void(attempt.handle()):
            return [wait(attempt.handle())]
        raise NotDirectlyError(reason)
    write, drop = _statements(now, step, attempt)
    try:
        jobs = [wait(submit(write, attempt, warehouse=warehouse))]
    except StepError as error:
        raise NotDirectlyError(error) from error
    # The rows are where they belong. A staging table that stays behind expires.
    with suppress(StepError, AttemptError, ForbiddenError):
        jobs.append(wait(warehouse.submit(drop)))
    return jobs


def _why_unlike(now: LoadableObjects | str, loaded: JobOutcome) -> str | None:
    """Why what was loaded is not what is there, None where it is."""
    if isinstance(now, str):
        return now
    if now.version != loaded.labels[OBJECTS_LABEL]:
        return "they were replaced, or others came, while they were loaded"
    if now.row_count != loaded.rows_written:
        return f"they say that they hold {now.row_count:,} rows, and {loaded.rows_written or 0:,} were loaded"
    return None


def _statements(objects: LoadableObjects, step: PlannedIngest, attempt: Attempt) -> tuple[QueryJob, QueryJob]:
    """The job that puts the rows where they belong, and the one that drops the staging table."""
    dataset, labels = attempt.plan.tenant_id, {**attempt.labels, OBJECTS_LABEL: objects.version}
    target = quoted(dataset, _objects_table(objects, step, attempt).name)
    rows = objects_query(objects.columns, step.table, source=target)
    sql = write_statement(step.destination, table=step.table, dataset=dataset, rows=rows)
    write, drop = attempt.query(sql), attempt.query(statement("drop_staging", target=target), part="drop")
    return write.model_copy(update={"labels": labels}), drop


def _objects_table(objects: LoadableObjects, step: PlannedIngest, attempt: Attempt) -> Table:
    rows_of = attempt.rows_of.replace("-", "")
    name = f"staging_{step.table.name}_{rows_of}_{step.number}_{attempt.number_in_all}_objects"
    columns = tuple(Column(name=column.name, type=column.type) for column in objects.columns)
    return Table(name=name, columns=columns)
