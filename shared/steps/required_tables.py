"""The tables of a tenant that a step needs, made or mended before its jobs need them."""

from dataclasses import dataclass

from shared.domain.errors import AttemptError, ForbiddenError, StepError, TransientError
from shared.domain.plan import PlannedDq, PlannedIngest
from shared.domain.quarantine import quarantine_of
from shared.domain.table import Purpose, Table
from shared.domain.tables_read import tables_read
from shared.domain.write_lock import lock_of
from shared.ports import Warehouse
from shared.steps.attempt import Attempt, writes_in_turn


@dataclass(frozen=True)
class UsedTable:
    """A table of the tenant that a step reads or writes."""

    table: Table
    is_written: bool

    @property
    def purpose(self) -> Purpose:
        """What it has to be good for."""
        return "written" if self.is_written else "read"


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


def used_tables(attempt: Attempt) -> list[UsedTable]:
    """The tables that the step reads and writes; the one that it is about comes first."""
    step, plan = attempt.step, attempt.plan
    used = [UsedTable(step.table, is_written=not isinstance(step, PlannedDq))]
    if isinstance(step, PlannedIngest) and step.destination.sets_aside:
        used.append(UsedTable(quarantine_of(step.table), is_written=True))
    return [
        *used,
        *(UsedTable(table, is_written=False) for table in tables_read(step, plan.known_tables.values())),
    ]


def _mended(attempt: Attempt, *, warehouse: Warehouse, anew: bool) -> list[Table]:
    return [
        needed.table
        for needed in _needed(attempt)
        if warehouse.require_table(
            attempt.plan.tenant_id,
            needed.table,
            purpose=needed.purpose,
            anew=anew,
        )
    ]


def _needed(attempt: Attempt) -> list[UsedTable]:
    step, used = attempt.step, used_tables(attempt)
    if writes_in_turn(step):
        used.append(UsedTable(lock_of(step.table), is_written=True))
    if not isinstance(step, PlannedDq) and step.destination.mode == "replace":
        # A table made for it to read would be empty, and what the step replaces would be gone with SUCCESS.
        return [each for each in used if each.is_written]
    return used
