"""Submits an attempt's jobs."""

from shared.domain.errors import StepError, TransientError
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
        if not warehouse.void(attempt.handle()):
            raise TransientError("Another delivery has submitted the job") from error
        raise
