"""What Cloud Scheduler takes for a cron expression: unix-cron, less than what most readers of cron take.

"Cron job format and time zone" (docs.cloud.google.com/scheduler/docs/configuring/cron-job-schedules): five fields of
numbers, `*`, ranges, lists, and steps through a range; names of months and days by their first three letters, in
capitals.
"""

import re
from calendar import monthrange
from dataclasses import dataclass

from shared.domain.message import nearest, shortened

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_LEAP_YEAR = 2024
_LONGEST_SHOWN = 100
_NUMBER = re.compile(r"[0-9]{1,2}")
_BY_WORD = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


@dataclass(frozen=True)
class _Field:
    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    """Names of the numbers from `first` on."""

    @property
    def values(self) -> str:
        named = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"{self.first} to {self.last}{named}"


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _DAYS),
)


def require_cron(text: str) -> str:
    """The text, if Cloud Scheduler takes it. Raises ValueError with the field that is wrong and what it may be."""
    parts = text.split()
    if text in _BY_WORD:
        raise _wrong(text, f"write {_BY_WORD[text]!r}")
    if len(parts) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        raise _wrong(text, f"it has {len(parts)} of five fields: {names}")
    if " ".join(parts) != text:
        raise _wrong(text, "write one space between two fields, and none around them")
    sets = []
    for field, part in zip(_FIELDS, parts, strict=True):
        try:
            sets.append(_numbers(part, field))
        except ValueError as error:
            raise _wrong(text, f"{field.name} '{_shown(part)}': {error}") from error
    _, _, days, months, _ = sets
    if parts[4] == "*" and min(days) > max(monthrange(_LEAP_YEAR, month)[1] for month in months):
        raise _wrong(text, f"day of the month '{_shown(parts[2])}': no month of it has that day")
    return text


def _wrong(text: str, reason: str) -> ValueError:
    return ValueError(f"'{_shown(text)}' is not a unix-cron expression: {reason}")


def _shown(text: str) -> str:
    return shortened(text, longest=_LONGEST_SHOWN)


def _numbers(part: str, field: _Field) -> set[int]:
    """The numbers that a field stands for. Raises ValueError."""
    numbers: set[int] = set()
    for item in part.split(","):
        span, slash, step = item.partition("/")
        low, dash, high = span.partition("-")
        if span == "*":
            first, last = field.first, field.last
        else:
            first = _number(low, field)
            last = _number(high, field) if dash else first
        if last < first:
            raise ValueError(f"a range goes upwards; write {_as_list(low, high, field)}")
        if slash and not (dash or span == "*"):
            raise ValueError(f"a step goes through a range; write {span}-{field.last}/{step}")
        numbers.update(range(first, last + 1, _step(step, field) if slash else 1))
    return numbers


def _as_list(low: str, high: str, field: _Field) -> str:
    """What goes round the end of the field, as two ranges."""
    begin, end = (field.names[0], field.names[-1]) if low in field.names else (field.first, field.last)
    upper = low if low == str(end) else f"{low}-{end}"
    lower = high if high == str(begin) else f"{begin}-{high}"
    return f"{upper},{lower}"


def _step(text: str, field: _Field) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= field.last:
        raise ValueError(f"a step is a number from 1 to {field.last}")
    return int(text)


def _number(text: str, field: _Field) -> int:
    if text in field.names:
        return field.first + field.names.index(text)
    if _NUMBER.fullmatch(text) and field.first <= int(text) <= field.last:
        return int(text)
    near = nearest(text[:3], field.names)
    meant = f"; did you mean {near}?" if near else ""
    raise ValueError(f"it takes {field.values}, *, and -, / and , with these{meant}")
