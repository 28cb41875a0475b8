"""Carries out one attempt at a step, whatever its type."""

from typing import assert_never

from shared.domain.errors import StepError
from shared.domain.plan import PlannedDq, PlannedIngest, PlannedTransform
from shared.ports import Reader, Warehouse
from shared.steps.attempt import Attempt, StepResult
from shared.steps.dq import check
from shared.steps.ingest import ingest
from shared.steps.required_tables import failure_after, require_tables
from shared.steps.transform import transform
from shared.steps.watch import Watch


def carry_out(attempt: Attempt, *, warehouse: Warehouse, reader: Reader, watch: Watch) -> StepResult:
    """The step's result. Raises StepError when it failed for good, TransientError when it may yet succeed."""
    require_tables(attempt, warehouse=warehouse)
    try:
        return _carried_out(attempt, warehouse=warehouse, reader=reader, watch=watch)
    except StepError as error:
        raise failure_after(error, attempt, warehouse=warehouse) from error


def _carried_out(attempt: Attempt, *, warehouse: Warehouse, reader: Reader, watch: Watch) -> StepResult:
    match attempt.step:
        case PlannedIngest():
            return ingest(attempt.step, attempt, warehouse=warehouse, reader=reader, watch=watch)
        case PlannedDq():
            return check(
                attempt.step,
                attempt,
                warehouse=warehouse,
                look=watch.require_wanted,
                list_figures=watch.list_figures,
            )
        case PlannedTransform():
            return transform(attempt.step, attempt, warehouse=warehouse)
        case _:
            assert_never(attempt.step)
