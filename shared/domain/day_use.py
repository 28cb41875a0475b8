"""What a tenant used in a UTC day, and which of its limits that reaches."""

from datetime import UTC, datetime, time, timedelta

from shared.domain.errors import Figures
from shared.domain.model import Model
from shared.domain.tenant import Limits


class DayUse(Model):
    """`runs` were accepted, and steps that ended on that day billed `bytes_billed`."""

    runs: int
    bytes_billed: int


def day_begin(now: datetime) -> datetime:
    """When the UTC day began."""
    return datetime.combine(now.astimezone(UTC).date(), time.min, tzinfo=UTC)


def reached_limit(limits: Limits, use: DayUse, *, requested: int, now: datetime) -> Figures | None:
    """The limit that keeps so many more runs from being accepted today; None where there is none.

    Of bytes nobody knows how many the runs will bill: they are accepted until all of the day's are used.
    """
    ends_at = day_begin(now) + timedelta(days=1)
    runs, bytes_billed = limits.runs_per_day, limits.bytes_billed_per_day
    if runs is not None and use.runs + requested > runs:
        return Figures("runs_per_day", use.runs, requested, runs, ends_at)
    if bytes_billed is not None and use.bytes_billed >= bytes_billed:
        return Figures("bytes_billed_per_day", use.bytes_billed, requested, bytes_billed, ends_at)
    return None
