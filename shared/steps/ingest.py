"""An ingest step: a source's rows into a table.

From BigQuery it is one job. From elsewhere the rows go to BigQuery as they are read: as the file of one load job, which
is there once the last of them is. A replacement or a merge loads them into a staging table first, so that nothing is
deleted before the new rows are safe. That table is made before the source is read: after a long reading this call waits
for no job, and what it has read must be on its way by then.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial

from shared.domain.errors import (
    AttemptError,
    ForbiddenError,
    NotYetError,
    StatementError,
    StepError,
    TransientError,
)
from shared.domain.job import OBJECTS_LABEL, JobHandle, JobOutcome, LoadJob
from shared.domain.json_lines import RowOrLines
from shared.domain.plan import PlannedIngest
from shared.domain.source import QuerySource, RowSource
from shared.domain.sql_place import without_place
from shared.domain.table import Table
from shared.ports import Reader, Warehouse
from shared.sql.statement import quoted
from shared.steps.attempt import Attempt, StepResult, loads_into_staging, metrics_of
from shared.steps.files_sql import broken_of, marker_of, own_columns, staged_columns, tells_file
from shared.steps.known_fields import known_fields
from shared.steps.objects_load import (
    find_for,
    objects_to_load,
    rows_of,
    submit_objects,
    write_objects,
)
from shared.steps.objects_sql import takes_json
from shared.steps.row_lines import RowShape, zipped_lines
from shared.steps.source_memory import reading_of, remembering
from shared.steps.source_query import source_job, source_message
from shared.steps.staged_rows import count_staged, fit_for, staged_job
from shared.steps.staging_table import creation_of, drop_of, staging_table
from shared.steps.submit import require_void, submit
from shared.steps.watch import Watch


def ingest(
    step: PlannedIngest, attempt: Attempt, *, warehouse: Warehouse, reader: Reader, watch: Watch
) -> StepResult:
    """Carry the rows over. Raises StepError when a job fails or the source can't be read."""
    if not isinstance(step.source, QuerySource):
        return _load(step, step.source, attempt, warehouse=warehouse, reader=reader, watch=watch)
    job = source_job(step, step.source, attempt)
    try:
        outcome = warehouse.wait(submit(job, attempt, warehouse=warehouse), until=attempt.until)
    except StatementError as error:
        raise StatementError(source_message(error, step, job)) from error
    return _result([outcome], outcome.rows_written)


def _load(
    step: PlannedIngest,
    source: RowSource,
    attempt: Attempt,
    *,
    warehouse: Warehouse,
    reader: Reader,
    watch: Watch,
) -> StepResult:
    is_staged = loads_into_staging(step)
    plan, shape = attempt.plan, _shape(step, attempt, with_given=not is_staged)
    read = partial(reader.read, source, tenant_id=plan.tenant_id, parameters=plan.parameters, look=watch.look)
    if step.destination.sets_aside:
        read = partial(read, fit=fit_for(step))
    find = find_for(step, source, attempt, reader=reader)
    objects, staged = objects_to_load(step, attempt, find, warehouse=warehouse, watch=watch)
    # A source that was read for this attempt is not read again: by now it may say something else, or nothing.
    taken = warehouse.find(attempt.first_load) if attempt.is_repeated else None
    if is_staged and objects is None:
        staged = [_create_staging(step, attempt, warehouse=warehouse)]
    if taken is None and objects is not None:
        taken = submit_objects(objects, step, attempt, warehouse=warehouse)
    elif taken is None:
        if step.destination.fields.new_columns == "ignore" and shape.columns is not None:
            read = partial(known_fields, read, shape)
        memory, labels = remembering(step, attempt, warehouse=warehouse, watch=watch)
        with closing(_content(partial(read, memory=memory), shape=shape, watch=watch)) as content:
            job = _load_job(step, content, attempt, labels=labels)
            taken = _submit_load(job, attempt, warehouse=warehouse, watch=watch)
    outcomes = [*staged, warehouse.wait(taken, until=attempt.until)]
    loaded = outcomes[-1]
    if OBJECTS_LABEL in loaded.labels:
        jobs = write_objects(loaded, step, attempt, find=find, known=objects, warehouse=warehouse)
        return _result([*outcomes, *jobs], rows_of(jobs) or loaded.rows_written)
    if source.needs.way is not None and not loaded.rows_written:
        # Nothing was read, so the table stays as it is; a statement would cost as much as one that changes it.
        return StepResult(metrics_of(outcomes, rows_in=0, rows_out=0), reading_id=reading_of(loaded))
    if is_staged:
        return _write_staged(step, attempt, outcomes, warehouse=warehouse)
    return _result(outcomes, loaded.rows_written)


class _UnreadError(Exception):
    """The source was not read to its end."""

    def __init__(self, reason: StepError | ForbiddenError | TransientError) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _content(
    read: Callable[[], Iterator[RowOrLines]], *, shape: RowShape, watch: Watch
) -> Generator[bytes, None, None]:
    try:
        yield from zipped_lines(read(), shape=shape, at_row=watch.at_row)
    except (StepError, ForbiddenError, TransientError) as error:
        raise _UnreadError(error) from error
    watch.rows = None


def _submit_load(job: LoadJob, attempt: Attempt, *, warehouse: Warehouse, watch: Watch) -> JobHandle:
    """The load job, once all rows are read and BigQuery has them; or whatever took its id, which ends the reading.

    A source that can't be read ends the attempt for every delivery of it: another one, which could read the source,
    may be about to submit the load job, and must not when this one has said that the attempt failed.
    """
    try:
        return submit(job, attempt, warehouse=warehouse)
    except _UnreadError as unread:
        raised = unread.reason
    # What ended the reading may have come through a library that made something else of it.
    error = watch.ending or raised
    if watch.taken is not None:
        return watch.taken
    if isinstance(error, NotYetError):
        raise error
    if not warehouse.void(attempt.first_load):
        raise NotYetError("Another delivery has read the source and loads its rows") from raised
    if isinstance(error, TransientError):
        raise AttemptError(
            str(error), kind=error.kind, retry_after_seconds=error.retry_after_seconds
        ) from raised
    if error is raised:
        raise error
    raise error from raised


def _create_staging(step: PlannedIngest, attempt: Attempt, *, warehouse: Warehouse) -> JobOutcome:
    create = creation_of(staging_of(step, attempt), attempt, part="staging")
    try:
        return warehouse.wait(submit(create, attempt, warehouse=warehouse), until=attempt.until)
    except (StepError, AttemptError):
        # Another delivery, which needs no such table, may have loaded the source's objects.
        if step.may_be_loaded:
            require_void(attempt, warehouse=warehouse)
        raise


def _write_staged(
    step: PlannedIngest, attempt: Attempt, outcomes: Sequence[JobOutcome], *, warehouse: Warehouse
) -> StepResult:
    """Put the rows of the staging table where they belong; `outcomes` are of the jobs that put them there."""
    staging = staging_of(step, attempt)
    target = quoted(attempt.plan.tenant_id, staging.name)
    wait = partial(warehouse.wait, until=attempt.until)
    staged = None
    if step.destination.sets_aside:
        staged = count_staged(step, attempt, staging=target, warehouse=warehouse, until=attempt.until)
    broken = staged.broken if staged else 0
    try:
        written = wait(
            submit(staged_job(step, attempt, staging=target, broken=broken), attempt, warehouse=warehouse)
        )
    except StatementError as error:
        raise StatementError(without_place(str(error))) from error
    jobs = [*outcomes, *([staged.outcome] if staged else []), written]
    # The rows are where they belong.
    with suppress(StepError, AttemptError, ForbiddenError):
        jobs.append(wait(warehouse.submit(drop_of(staging, attempt))))
    reading_id = reading_of(outcomes[-1])
    if staged is not None:
        total = staged.fit + staged.broken
        metrics = metrics_of(jobs, rows_in=total, rows_out=staged.fit, rows_quarantined=staged.broken)
        return StepResult(metrics, results=staged.results(step.table.name), reading_id=reading_id)
    rows_written = written.rows_written if step.source.needs.by_file else outcomes[-1].rows_written
    return StepResult(metrics_of(jobs, rows_in=rows_written, rows_out=rows_written), reading_id=reading_id)


def _shape(step: PlannedIngest, attempt: Attempt, *, with_given: bool) -> RowShape:
    plan = attempt.plan
    given = {
        "tenant_id": plan.tenant_id,
        "pipeline_id": plan.pipeline_id,
        "run_id": attempt.rows_of,
        "ingestion_date": attempt.now.date().isoformat(),
        "created_at": attempt.now.isoformat(),
    }
    return RowShape(
        given={name: value for name, value in given.items() if with_given and step.table.has(name)},
        columns=None if takes_json(step.table) else frozenset(column.name for column in own_columns(step)),
        tells_file=tells_file(step),
        marker=marker_of(step.table) if step.source.needs.by_file else "",
        broken=broken_of(step.table),
    )


def staging_of(step: PlannedIngest, attempt: Attempt) -> Table:
    """The table that the step's rows are loaded into first, where they are."""
    return staging_table(step, attempt, staged_columns(step))


def _load_job(
    step: PlannedIngest, content: Iterator[bytes], attempt: Attempt, *, labels: dict[str, str]
) -> LoadJob:
    load = attempt.first_load
    return LoadJob(
        tenant_id=load.tenant_id,
        job_id=load.job_id,
        location=load.location,
        table=staging_of(step, attempt) if loads_into_staging(step) else step.table,
        content=content,
        timeout_seconds=attempt.timeout_seconds,
        labels={**attempt.labels, **labels},
    )


def _result(outcomes: Sequence[JobOutcome], rows: int | None) -> StepResult:
    return StepResult(metrics_of(list(outcomes), rows_in=rows, rows_out=rows))
