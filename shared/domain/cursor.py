"""Values that say how far a source was read: which comes first, and what lies a while before one."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Context, Decimal, Inexact
from typing import Literal

from pydantic import JsonValue

Kind = Literal["number", "moment", "time", "date", "text"]
"""`moment` is a time with a zone, `time` one without, `text` anything else."""

_NUMBER = re.compile(r"-?[0-9]{1,76}(\.[0-9]{1,76})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?P<between>[Tt ])(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?P<fraction>\.[0-9]{1,12})?(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_EXACT = Context(prec=200, traps=[Inexact])
_LONGEST_TEXT = 1_024
_EASTERNMOST = timezone(timedelta(hours=14))
_WESTERNMOST = timezone(timedelta(hours=-12))
_EARLIEST = datetime.fromisoformat("0001-01-01")
WORDS: dict[Kind, str] = {
    "number": "a number",
    "moment": "a time with a zone",
    "time": "a time without a zone",
    "date": "a date",
    "text": "a text",
}


@dataclass(frozen=True)
class CursorValue:
    """A value as its source says it, and its place among those of its kind."""

    said: str | int | float
    kind: Kind
    place: tuple[str | Decimal | datetime, ...]

    @property
    def text(self) -> str:
        """The value as JSON."""
        return json.dumps(self.said, ensure_ascii=False)

    def before(self, lag: int) -> "CursorValue":
        """What lies so much before it, written as it is: seconds before a time, days before a date.

        The earliest one there is where that would be before the year 1. Raises ValueError for a text, before which
        nothing lies.
        """
        if not lag:
            return self
        match self.kind:
            case "number":
                return _number_before(self, lag)
            case "date":
                return _date_before(str(self.said), lag)
            case "moment" | "time":
                return _time_before(str(self.said), lag)
            case "text":
                raise ValueError("nothing lies before a text by a number")


def parse_cursor(value: JsonValue) -> CursorValue | None:
    """The value, None where it is none: null, truth, an object, an array, an empty or a very long text.

    Texts that are numbers, dates or times are in their order, others in that of their characters.
    """
    try:
        return _parsed(value)
    except ValueError:
        return None


def parse_kept(text: str | None) -> CursorValue | None:
    """The value that was kept as JSON; None for none, and for what can't be read."""
    try:
        return None if text is None else parse_cursor(json.loads(text))
    except ValueError:
        return None


def lowest(texts: Iterable[str | None]) -> str | None:
    """The first of values kept as JSON; None where one is None, or can't be compared with another."""
    values = [parse_kept(text) for text in texts]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or len({value.kind for value in known}) != 1:
        return None
    return min(known, key=lambda value: value.place).text


def greatest(values: Iterable[CursorValue | None], *, began_at: datetime) -> CursorValue | None:
    """The greatest of values of one kind, None of none; but no time after the reading began.

    A row with a time to come, be it by a clock that is wrong, would keep all others from being read until then. One
    written during the reading would keep those from it that were written earlier, after they were passed. A time
    without a zone comes after the beginning where it does in every zone; then it is the beginning in the western-most
    one, for nobody knows by which zone's clock the next rows are written.
    """
    known = [value for value in values if value is not None]
    if not known:
        return None
    last = max(known, key=lambda value: value.place)
    if last.place <= _written_as(last, began_at, _EASTERNMOST).place:
        return last
    return _written_as(last, began_at, _WESTERNMOST)


def _written_as(value: CursorValue, at: datetime, zone: timezone) -> CursorValue:
    """The moment as a value of the same kind: where that has no zone, what clocks show in this one."""
    match value.kind:
        case "moment":
            return _parsed(f"{_clock_time(at, UTC)}Z")
        case "time":
            return _parsed(_clock_time(at, zone))
        case "date":
            return _parsed(_clock_time(at, zone).partition("T")[0])
        case "number" | "text":
            return value


def _clock_time(at: datetime, zone: timezone) -> str:
    return at.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def _parsed(value: JsonValue) -> CursorValue:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("is no scalar")
    text = value if isinstance(value, str) else f"{Decimal(repr(value)):f}"
    if not 0 < len(text) <= _LONGEST_TEXT:
        raise ValueError("is empty or too long")
    if _NUMBER.fullmatch(text):
        return CursorValue(value, "number", (Decimal(text),))
    if not isinstance(value, str):
        raise ValueError("is no finite number")
    try:
        return _in_time(value) or CursorValue(value, "text", (value,))
    except (ValueError, OverflowError):  # it looks like a time, and no calendar has it
        return CursorValue(value, "text", (value,))


def _in_time(text: str) -> CursorValue | None:
    if _DATE.fullmatch(text):
        return CursorValue(text, "date", (datetime.fromisoformat(text),))
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    fraction = Decimal(f"0{found['fraction'] or '.0'}")
    moment = datetime.fromisoformat(f"{found['day']}T{found['time']}")
    if not found["zone"]:
        return CursorValue(text, "time", (moment, fraction))
    zoned = datetime.fromisoformat(f"{found['day']}T{found['time']}{found['zone'].upper()}")
    return CursorValue(text, "moment", (zoned.astimezone(UTC), fraction))


def _number_before(value: CursorValue, lag: int) -> CursorValue:
    less = _EXACT.subtract(Decimal(str(value.place[0])), Decimal(lag))
    if isinstance(value.said, str):
        return _parsed(f"{less:f}")
    return _parsed(int(less) if less == less.to_integral_value() else float(less))


def _date_before(text: str, lag: int) -> CursorValue:
    return _parsed(_earlier(datetime.fromisoformat(text), days=lag).date().isoformat())


def _time_before(text: str, lag: int) -> CursorValue:
    rest = text[len("2025-11-15T10:30:00") :]
    earlier = _earlier(datetime.fromisoformat(text[: -len(rest)] if rest else text), seconds=lag)
    day, _, time = earlier.isoformat().partition("T")
    return _parsed(f"{day}{text[len(day)]}{time}{rest}")


def _earlier(moment: datetime, *, days: int = 0, seconds: int = 0) -> datetime:
    try:
        return moment - timedelta(days=days, seconds=seconds)
    except OverflowError:
        return _EARLIEST
