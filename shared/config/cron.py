"""Whether a minute is one of the times of a cron expression.

Times that a clock change leaves out or repeats are taken as Debian's cron takes them.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim


def is_due(cron: str, timezone: str, minute: datetime) -> bool:
    """Whether the minute, of which the seconds don't count, is one of the times of an expression that was checked."""
    begin = minute.replace(second=0, microsecond=0)
    before = (begin - timedelta(seconds=1)).astimezone(ZoneInfo(timezone))
    # Compared in UTC: in an hour that the clock repeats, Python takes no two zones' times for equal.
    return next(CronSim(cron, before)).astimezone(UTC) == begin
