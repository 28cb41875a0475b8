"""Dates and times in the forms that GoogleSQL calls canonical, and the two more that loads and streams take.

https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#canonical_format_for_timestamp_literals
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_DATE = r"(?P<year>\d{4})(?P<mark>-)(?P<month>\d{1,2})-(?P<day>\d{1,2})"
# Loads and streams also take slashes in a TIMESTAMP.
_ANY_DATE = r"(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2}):(?P<second>\d{1,2})(?:\.(?P<fraction>\d{1,6}))?"
_ZONE = r"(?P<zone>[Zz]|\s?[+-]\d{1,2}(?::?\d{2})?|\s[A-Za-z][\w/+-]*)"
_DATE_FORM = re.compile(_DATE)
_TIME_FORM = re.compile(_TIME)
_DATETIME_FORM = re.compile(rf"{_DATE}(?:[Tt ]{_TIME})?")
_TIMESTAMP_FORM = re.compile(rf"{_ANY_DATE}(?:[Tt ]{_TIME})?{_ZONE}?")
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?")
_EPOCH_SECONDS = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def parse_date(text: str) -> datetime.date:
    """`YYYY-[M]M-[D]D`. Raises ValueError."""
    return _moment(_DATE_FORM, text).date()


def parse_time(text: str) -> datetime.time:
    """`[H]H:[M]M:[S]S[.FFFFFF]`. Raises ValueError."""
    match = _TIME_FORM.fullmatch(text)
    if match is None:
        raise ValueError("not a TIME")
    return datetime.time(int(match["hour"]), int(match["minute"]), int(match["second"]), _fraction(match))


def parse_datetime(text: str) -> datetime.datetime:
    """A date, and a time after a space or a T. Raises ValueError."""
    return _moment(_DATETIME_FORM, text)


def parse_timestamp(text: str) -> datetime.datetime:
    """A date, a time, and an offset or the name of a time zone; UTC without one. Or seconds since 1970.

    Raises ValueError or OverflowError.
    """
    text = text.strip()
    if _EPOCH_SECONDS.fullmatch(text):
        return _EPOCH + datetime.timedelta(microseconds=int(Decimal(text) * 1_000_000))
    match = _TIMESTAMP_FORM.fullmatch(text)
    zone = (match["zone"] or "").strip() if match else ""
    local = _moment(_TIMESTAMP_FORM, text)
    if zone in ("", "Z", "z", "UTC"):
        return local.replace(tzinfo=datetime.UTC)
    return local.replace(tzinfo=_zone(zone)).astimezone(datetime.UTC)


def _moment(form: re.Pattern[str], text: str) -> datetime.datetime:
    match = form.fullmatch(text)
    if match is None:
        raise ValueError("not in the form of a date or time")
    part = {"hour": None, "minute": None, "second": None, "fraction": None, **match.groupdict()}
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    day = int(part["year"] or 0), int(part["month"] or 0), int(part["day"] or 0)
    microsecond = int((part["fraction"] or "").ljust(6, "0"))
    return datetime.datetime(*day, hour, minute, second, microsecond)  # noqa: DTZ001 - a DATETIME has none


def _fraction(match: re.Match[str]) -> int:
    return int((match["fraction"] or "").ljust(6, "0"))


def _zone(name: str) -> datetime.tzinfo:
    offset = _OFFSET.fullmatch(name)
    try:
        if offset is None:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("no such time zone") from error
    minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
    if minutes > 14 * 60:
        raise ValueError("no such offset")
    return datetime.timezone(datetime.timedelta(minutes=-minutes if offset["sign"] == "-" else minutes))
