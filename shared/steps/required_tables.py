"""The tables of a tenant that a step needs, made or mended before its jobs need them."""

from dataclasses import dataclass

from shared.domain.errors import AttemptError, ForbiddenError, StepError, TransientError
from shared.domain.plan import PlannedDq, PlannedIngest
from shared.domain.quarantine import quarantine_of
from shared.domain.table import Table
from shared.domain.tables_read import tables_read
from shared.domain.write_lock import lock_of
from shared.ports import Warehouse
from shared.steps.attempt import Attempt, writes_in_turn


@dataclass(frozen=True)
class _Needed:
    table: Table
    is_written: bool


def require_tables(attempt: Attempt, *, warehouse: Warehouse) -> None:
    """Have every table that the step needs. What an instance has found once it doesn't look for again.

    Raises StepError, with the attempt's job id void, for one that only a person can mend. Where another delivery found
    it well and has submitted the job, what came of that counts.
    """
    try:
        _mended(attempt, warehouse=warehouse, anew=False)
    except StepError:
        if warehouse.void(attempt.handle()):
            raise


def failure_after(error: StepError, attempt: Attempt, *, warehouse: Warehouse) -> StepError | AttemptError:
    """What the failure of the attempt means, once the tables have been looked at anew.

    One that was there when this instance looked may have been removed since, by whoever makes tables by hand. If one
    had to be made or mended now, another attempt will find it.
    """
    try:
        mended = _mended(attempt, warehouse=warehouse, anew=True)
    except (StepError, ForbiddenError, TransientError):
        return error
    if not mended:
        return error
    names = " and ".join(table.name for table in mended)
    return AttemptError(f"{error}. By now {names} is there as declared, and another attempt may succeed")


def _mended(attempt: Attempt, *, warehouse: Warehouse, anew: bool) -> list[Table]:
    return [
        needed.table
        for needed in _needed(attempt)
        if warehouse.require_table(
            attempt.plan.tenant_id,
            needed.table,
            purpose="written" if needed.is_written else "read",
            anew=anew,
        )
    ]


def _needed(attempt: Attempt) -> list[_Needed]:
    step, plan = attempt.step, attempt.plan
    known = {table.name: table for table in (*plan.tables, *(other.table for other in plan.steps))}
    own = [_Needed(step.table, is_written=not isinstance(step, PlannedDq))]
    if isinstance(step, PlannedIngest) and step.destination.sets_aside:
        own.append(_Needed(quarantine_of(step.table), is_written=True))
    if writes_in_turn(step):
        own.append(_Needed(lock_of(step.table), is_written=True))
    if not isinstance(step, PlannedDq) and step.destination.mode == "replace":
        # A table made for it to read would be empty, and what the step replaces would be gone with SUCCESS.
        return own
    return [*own, *(_Needed(table, is_written=False) for table in tables_read(step, known.values()))]
