"""A transform step: the rows of one SELECT into one table, as one job."""

from shared.domain.errors import StatementError
from shared.domain.job import QueryJob
from shared.domain.plan import PlannedTransform
from shared.domain.sql_place import author_message
from shared.ports import Warehouse
from shared.steps.attempt import Attempt, StepResult, metrics_of
from shared.steps.submit import submit
from shared.steps.write_job import write_job


def transform_job(step: PlannedTransform, attempt: Attempt) -> QueryJob:
    """The one job of the step."""
    return write_job(step, attempt, rows=step.sql)


def transform_message(error: StatementError, step: PlannedTransform, job: QueryJob) -> str:
    """What is wrong with the job's SQL, at its place in the author's file."""
    file = f"transforms/{step.sql_name}.sql"
    return author_message(str(error), statement=job.sql, text=step.sql, file=file)


def transform(step: PlannedTransform, attempt: Attempt, *, warehouse: Warehouse) -> StepResult:
    """Submit the job and wait for it. Raises StepError when it fails."""
    job = transform_job(step, attempt)
    try:
        outcome = warehouse.wait(submit(job, attempt, warehouse=warehouse), until=attempt.until)
    except StatementError as error:
        raise StatementError(transform_message(error, step, job)) from error
    return StepResult(metrics_of([outcome], rows_in=None, rows_out=outcome.rows_written))
