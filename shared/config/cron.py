"""Cron expressions: what is wrong with one, and whether a minute is one of its times.

Cloud Scheduler's own words are those of unix-cron ("Cron job format and time zone",
cloud.google.com/scheduler/docs/configuring/cron-job-schedules). Times that a clock change leaves out or repeats are
taken as Debian's cron takes them.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError

from shared.config.problem import nearest


def cron_problem(cron: str) -> str | None:
    """Why `cron` is not a cron expression; None if it is one."""
    try:
        CronSim(cron, datetime.min)  # noqa: DTZ901 - no time is asked for
    except CronSimError as error:
        reason = str(error).rstrip(".")
        return f"'{cron}' is not a cron expression: {reason[:1].lower()}{reason[1:]}"
    return None


def timezone_problem(timezone: str) -> str | None:
    """Why `timezone` is not the name of a time zone; None if it is one."""
    try:
        ZoneInfo(timezone)
    # Names are looked up as files. ValueError: a path that leads out of the database; OSError: one of its folders, such
    # as Europe, or a name that is too long for any file.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        meant = nearest(timezone, available_timezones())
    else:
        return None
    guess = f". Did you mean '{meant}'?" if meant else ""
    return f"'{timezone}' is not the name of a time zone, such as Etc/UTC or Europe/Berlin{guess}"


def is_due(cron: str, timezone: str, minute: datetime) -> bool:
    """Whether the minute, of which the seconds don't count, is one of the times of an expression without problems."""
    begin = minute.replace(second=0, microsecond=0)
    before = (begin - timedelta(seconds=1)).astimezone(ZoneInfo(timezone))
    # Compared in UTC: in an hour that the clock repeats, Python takes no two zones' times for equal.
    return next(CronSim(cron, before)).astimezone(UTC) == begin
