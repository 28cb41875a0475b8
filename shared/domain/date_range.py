"""Days and ranges of days, as people write them and relative to the day on which a run is accepted."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import model_validator

from shared.domain.model import Model

RELATIVE_RANGES = ("yesterday", "last_7_days", "last_30_days", "this_month", "last_month")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_HELP = "must be a date such as 2025-11-01, or 'today' or 'yesterday'"
_RANGE_HELP = f"must be one of {', '.join(RELATIVE_RANGES)}, or two dates such as 2025-11-01/2025-11-07"


class DateRange(Model):
    """Whole UTC days, both ends included."""

    start: date
    end: date

    @model_validator(mode="after")
    def _in_order(self) -> "DateRange":
        if self.end < self.start:
            raise ValueError(f"ends on {self.end}, before it starts on {self.start}")
        return self

    @property
    def text(self) -> str:
        """`2025-11-01/2025-11-07`."""
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    def days(self) -> Iterator[date]:
        """Each day, the first one first."""
        return (self.start + timedelta(days=count) for count in range((self.end - self.start).days + 1))


def parse_day(value: object, *, today: date) -> date:
    """The day. Raises ValueError saying what would be right."""
    if value == "today":
        return today
    if value == "yesterday":
        return today - timedelta(days=1)
    return _day(value, otherwise=_DAY_HELP)


def parse_date_range(value: object, *, today: date) -> DateRange:
    """The range. Raises ValueError saying what would be right."""
    if value in RELATIVE_RANGES:
        return _relative_range(str(value), today=today)
    start, _, end = value.partition("/") if isinstance(value, str) else ("", "", "")
    first, last = _day(start, otherwise=_RANGE_HELP), _day(end, otherwise=_RANGE_HELP)
    if last < first:
        raise ValueError(f"ends on {last}, before it starts on {first}")
    return DateRange(start=first, end=last)


def _day(text: object, *, otherwise: str) -> date:
    # Python's own parser also takes 20251101 and 2025-W44-6.
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError(otherwise)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(otherwise) from error


def _relative_range(word: str, *, today: date) -> DateRange:
    yesterday = today - timedelta(days=1)
    first_of_month = today.replace(day=1)
    match word:
        case "yesterday":
            return DateRange(start=yesterday, end=yesterday)
        case "last_7_days":
            return DateRange(start=today - timedelta(days=7), end=yesterday)
        case "last_30_days":
            return DateRange(start=today - timedelta(days=30), end=yesterday)
        case "this_month":
            return DateRange(start=first_of_month, end=today)
        case _:
            end = first_of_month - timedelta(days=1)
            return DateRange(start=end.replace(day=1), end=_end_of_month(end))


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
