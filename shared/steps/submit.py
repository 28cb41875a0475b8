"""Submits an attempt's jobs."""

from shared.domain.errors import NotYetError, StatementError, StepError
from shared.domain.job import Job, JobHandle
from shared.ports import Warehouse
from shared.steps.attempt import Attempt


def submit(job: Job, attempt: Attempt, *, warehouse: Warehouse) -> JobHandle:
    """The submitted job.

    A job that BigQuery refuses leaves its id free, and the same job may be taken when another delivery submits it: so
    a refusal ends the attempt only once its id is void. Raises StepError then, else TransientError.
    """
    try:
        return warehouse.submit(job)
    except StepError as error:
        _end(attempt, error, warehouse=warehouse)
        raise


def submit_check(job: Job, attempt: Attempt, *, warehouse: Warehouse) -> JobHandle:
    """Like `submit`, for a job that changes nothing: a refusal is raised as it is.

    Where its SQL is refused the attempt goes on without it, so its id stays as it is: every delivery is refused alike.
    For another reason the attempt ends with it only where it is the attempt's first job, whose id others may take.
    """
    try:
        return warehouse.submit(job)
    except StatementError:
        raise
    except StepError as error:
        if job.job_id == attempt.job_id():
            _end(attempt, error, warehouse=warehouse)
        raise


def require_void(attempt: Attempt, *, warehouse: Warehouse) -> None:
    """End the attempt before it writes. Raises NotYetError where another delivery of it does by now."""
    if not warehouse.void(attempt.handle()):
        raise NotYetError("Another delivery writes the rows")


def _end(attempt: Attempt, refusal: StepError, *, warehouse: Warehouse) -> None:
    if not warehouse.void(attempt.handle()):
        raise NotYetError("Another delivery has submitted the job") from refusal
