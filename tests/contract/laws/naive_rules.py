"""What each rule means, told row by row in the plainest Python: no SQL, no JSON functions, no sets of rows.

How text becomes a number, a day or a moment follows the casts of GoogleSQL ("Conversion rules" in its reference).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import Enum
from math import isfinite
from typing import Any, assert_never

from shared.domain.column_path import path_names
from shared.domain.rule import (
    AcceptedValuesRule,
    ExpressionRule,
    FreshnessRule,
    NotNullRule,
    RangeRule,
    RegexRule,
    RowCountRule,
    Rule,
    UniqueRule,
)

Row = Mapping[str, Any]
# Blanks of ASCII, where Python's \s and strip() know many more.
_BLANKS = r"[ \t\n\v\f\r]*"
_NUMBER = re.compile(rf"{_BLANKS}([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?){_BLANKS}", re.I)
_INTEGER = re.compile(rf"{_BLANKS}([+-]?(?:[0-9]+|0x[0-9a-f]+)){_BLANKS}", re.I)
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_MOMENT = re.compile(
    _DATE.pattern
    + r"(?:[ T]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]{1,6}))?)?"
    + r"(?:Z|([+-])(0?[0-9]|1[0-4])(?::([0-5][0-9]))?)?",
    re.I,
)
_LARGEST_NUMERIC = Decimal("99999999999999999999999999999.999999999")
_LARGEST_INTEGER = 2**63
EXPRESSIONS: dict[str, Callable[[Row], bool]] = {
    "cost > 0": lambda row: row["cost"] is not None and row["cost"] > 0,
    "charge_count IN (1, 2) -- few": lambda row: row["charge_count"] in {1, 2},
    "is_billable OR service = 'a'": lambda row: row["is_billable"] is True or row["service"] == "a",
    "JSON_VALUE(data, '$.s') != 'a'": lambda row: text_of(value_at(row, "data.s")) not in {None, "a"},
}
"""Expressions, and what makes each of them true."""


def figures(rule: Rule, rows: Sequence[Row]) -> tuple[int | None, ...]:
    """How many rows break the rule; for `row_count` the count.

    For `freshness` the newest moment in seconds, and how many rows have one that can't be read.
    """
    match rule:
        case RowCountRule():
            return (len(rows),)
        case FreshnessRule():
            moments = [as_type(value_at(row, rule.column), rule.read_as) for row in rows]
            newest = max((_seconds(moment) for moment in moments if moment is not None), default=None)
            return newest, sum(_is_unreadable(row, rule.column, rule.read_as) for row in rows)
        case UniqueRule():
            return (_repetitions(rule, rows),)
        case ExpressionRule():
            return (sum(not EXPRESSIONS[rule.expression](row) for row in rows),)
        case NotNullRule() | AcceptedValuesRule() | RangeRule() | RegexRule():
            return (sum(_breaks(rule, row) for row in rows),)
        case _:
            assert_never(rule)


def missing(rule: Rule, rows: Sequence[Row]) -> tuple[str, ...]:
    """The rule's fields that none of the rows has, be it with null; none where there are no rows."""
    match rule:
        case UniqueRule():
            paths = rule.columns
        case NotNullRule() | AcceptedValuesRule() | RangeRule() | RegexRule() | FreshnessRule():
            paths = (rule.column,)
        case RowCountRule() | ExpressionRule():
            paths = ()
        case _:
            assert_never(rule)
    return tuple(path for path in paths if rows and all(_at(row, path) is NOTHING for row in rows))


def _breaks(rule: NotNullRule | AcceptedValuesRule | RangeRule | RegexRule, row: Row) -> bool:
    """Whether this row breaks the rule."""
    value = value_at(row, rule.column)
    typed = value if rule.read_as is None else as_type(value, rule.read_as)
    is_given = _at(row, rule.column) not in (NOTHING, None)
    match rule:
        case NotNullRule():
            return not is_given if rule.read_as is None else typed is None
        case AcceptedValuesRule():
            accepted = (
                rule.values if rule.read_as is None else [as_type(text, rule.read_as) for text in rule.values]
            )
            return is_given and (text_of(value) if rule.read_as is None else typed) not in accepted
        case RegexRule():
            text = text_of(typed)
            return is_given and (text is None or re.search(_ending_at_the_end(rule.pattern), text) is None)
        case RangeRule():
            return is_given and not _is_in_range(rule, typed)
        case _:
            assert_never(rule)


class Nothing(Enum):
    """What is at a path that leads nowhere."""

    NOTHING = "nothing"


NOTHING = Nothing.NOTHING


def _at(row: Row, path: str) -> Any:
    """What is at the path, whatever it is."""
    value: Any = row
    for name in path_names(path):
        value = value.get(name, NOTHING) if isinstance(value, Mapping) else NOTHING
    return value


def value_at(row: Row, path: str) -> Any:
    """The scalar at the path; objects and arrays are no values."""
    value = _at(row, path)
    if isinstance(value, float) and path in row:
        # A column of FLOAT holds a number, where JSON holds the text of one.
        return Decimal(repr(value)) if isfinite(value) else str(value)
    return None if value is NOTHING or isinstance(value, Mapping | list) else value


def _is_unreadable(row: Row, path: str, read_as: str | None) -> bool:
    """Whether there is a value, and it can't be read as the type, or as anything."""
    value = value_at(row, path)
    typed = value if read_as is None else as_type(value, read_as)
    return _at(row, path) not in (NOTHING, None) and typed is None


def text_of(value: Any) -> str | None:
    """A value as text: what JSON says of it, in lower case for booleans."""
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case _:
            return repr(value)


def as_type(value: Any, read_as: str) -> Any:
    """The value read as a type; None where it can't be."""
    reader = _READERS[read_as]
    return None if value is None else reader(text_of(value) or "")


def _ending_at_the_end(pattern: str) -> str:
    """The pattern as RE2 reads it: a last `$` is the end of the text, not also a place before a last newline."""
    return re.sub(r"\$$", r"\\Z", pattern)


def _is_in_range(rule: RangeRule, value: Any) -> bool:
    lowest, highest = (
        None if bound is None else as_type(str(bound), rule.read_as) for bound in (rule.minimum, rule.maximum)
    )
    if value is None:
        return False
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def _repetitions(rule: UniqueRule, rows: Sequence[Row]) -> int:
    seen: list[list[Any]] = []
    count = 0
    for row in rows:
        values = [value_at(row, path) for path in rule.columns]
        key = [text_of(value) if rule.read_as is None else as_type(value, rule.read_as) for value in values]
        if any(_is_unreadable(row, path, rule.read_as) for path in rule.columns):
            count += 1
        elif None not in key:
            count += key in seen
            seen.append(key)
    return count


def _number(text: str) -> Decimal | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    with localcontext(prec=1000):
        rounded = Decimal(match[1]).quantize(Decimal("1e-9"), rounding=ROUND_HALF_UP)
        return rounded if abs(rounded) <= _LARGEST_NUMERIC else None


def _integer(text: str) -> int | None:
    match = _INTEGER.fullmatch(text)
    if match is None:
        return None
    number = int(match[1], 16 if "x" in text.lower() else 10)
    return number if -_LARGEST_INTEGER <= number < _LARGEST_INTEGER else None


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def _day(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    *numbers, fraction, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    try:
        zone = timezone(-offset if sign == "-" else offset)
        return datetime(
            year, month, day, hour, minute, second, int((fraction or "").ljust(6, "0")), tzinfo=zone
        )
    except ValueError:
        return None


def _seconds(moment: date) -> int:
    if isinstance(moment, datetime):
        return int(moment.timestamp())
    return int(datetime(moment.year, moment.month, moment.day, tzinfo=UTC).timestamp())


_READERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _day,
    "timestamp": _moment,
}
