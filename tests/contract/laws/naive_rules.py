"""What each rule means, told row by row in the plainest Python: no SQL, no JSON functions, no sets of rows.

How text becomes a number, a day or a moment follows the casts of GoogleSQL ("Conversion rules" in its reference).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

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


def figure(rule: Rule, rows: Sequence[Row]) -> int | None:
    """How many rows break the rule; for `freshness` the newest moment in seconds, for `row_count` the count."""
    match rule:
        case RowCountRule():
            return len(rows)
        case FreshnessRule():
            moments = [as_type(value_at(row, rule.column), rule.read_as) for row in rows]
            return max((_seconds(moment) for moment in moments if moment is not None), default=None)
        case UniqueRule():
            return _repetitions([[text_of(value_at(row, path)) for path in rule.columns] for row in rows])
        case _:
            return sum(breaks(rule, row) for row in rows)


def breaks(rule: Rule, row: Row) -> bool:
    """Whether this row breaks the rule."""
    match rule:
        case NotNullRule():
            value = value_at(row, rule.column)
            return value is None or (rule.read_as is not None and as_type(value, rule.read_as) is None)
        case AcceptedValuesRule():
            text = _text_read_as(row, rule)
            return text is not None and text not in rule.values
        case RegexRule():
            text = _text_read_as(row, rule)
            return text is not None and re.search(_ending_at_the_end(rule.pattern), text) is None
        case RangeRule():
            return _is_out_of_range(rule, value_at(row, rule.column))
        case ExpressionRule():
            return not EXPRESSIONS[rule.expression](row)
        case _:
            raise AssertionError(f"no row by itself breaks a rule of type {rule.type}")


def value_at(row: Row, path: str) -> Any:
    """The scalar at the path; objects and arrays are no values."""
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return None if isinstance(value, Mapping | list) else value


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


def _text_read_as(row: Row, rule: AcceptedValuesRule | RegexRule) -> str | None:
    value = value_at(row, rule.column)
    return text_of(value if rule.read_as is None else as_type(value, rule.read_as))


def _ending_at_the_end(pattern: str) -> str:
    """The pattern as RE2 reads it: a last `$` is the end of the text, not also a place before a last newline."""
    return re.sub(r"\$$", r"\\Z", pattern)


def _is_out_of_range(rule: RangeRule, raw: Any) -> bool:
    if raw is None:
        return False
    value = as_type(raw, rule.read_as)
    lowest, highest = (
        None if bound is None else as_type(str(bound), rule.read_as) for bound in (rule.minimum, rule.maximum)
    )
    if value is None:
        return True
    return (lowest is not None and value < lowest) or (highest is not None and value > highest)


def _repetitions(keys: list[list[str | None]]) -> int:
    seen: list[list[str | None]] = []
    count = 0
    for key in keys:
        if None in key:
            continue
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
