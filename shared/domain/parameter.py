"""A pipeline's declared, typed inputs, and what they become when a run is accepted."""

import re
from datetime import date
from decimal import Decimal, localcontext
from typing import Annotated, Literal, assert_never

from pydantic import Field, JsonValue

from shared.domain.date_range import parse_date_range, parse_day
from shared.domain.errors import FieldProblem, InvalidError, json_pointer
from shared.domain.ids import Name
from shared.domain.message import did_you_mean, listed, nearest, shortened
from shared.domain.model import LARGEST_INT64, SMALLEST_INT64, Model, Truth, WholeNumber
from shared.domain.sql_parameter import SqlParameter, sql_types

_MAX_TEXT = 1000
_NUMBER = r"[-+]?([0-9]{1,100}(\.[0-9]{0,100})?|\.[0-9]{1,100})([eE][-+]?[0-9]{1,3})?"
_NUMERIC_DIGITS = 38
_NUMERIC_SCALE = 9
_NUMERIC_END = Decimal("1e29")


class _Declared(Model):
    description: str | None = None


class StringParameter(_Declared):
    """Text of at most 1,000 characters."""

    type: Literal["string"]
    default: str | None = None


class IntegerParameter(_Declared):
    """A whole number."""

    type: Literal["integer"]
    default: WholeNumber | None = None
    minimum: WholeNumber | None = None
    maximum: WholeNumber | None = None


class NumberParameter(_Declared):
    """A decimal number, exact to NUMERIC's 9 decimals."""

    type: Literal["number"]
    default: Annotated[Decimal | None, Field(json_schema_extra={"pattern": rf"^{_NUMBER}$"})] = None


class BooleanParameter(_Declared):
    """True or false."""

    type: Literal["boolean"]
    default: Truth | None = None


class DateParameter(_Declared):
    """A UTC day: `2025-11-01`, `today` or `yesterday`."""

    type: Literal["date"]
    default: str | None = None


class DateRangeParameter(_Declared):
    """Whole UTC days: a word such as `last_7_days`, or `2025-11-01/2025-11-07`."""

    type: Literal["date_range"]
    default: str | None = None


class EnumParameter(_Declared):
    """One of the given words."""

    type: Literal["enum"]
    values: Annotated[tuple[str, ...], Field(min_length=1)]
    default: str | None = None


Parameter = Annotated[
    StringParameter
    | IntegerParameter
    | NumberParameter
    | BooleanParameter
    | DateParameter
    | DateRangeParameter
    | EnumParameter,
    Field(discriminator="type"),
]


class ParameterValue(Model):
    """A parameter resolved for one run; `text` is its canonical form, whatever its type."""

    name: Name
    type: Literal["string", "integer", "number", "boolean", "date", "date_range", "enum"]
    text: str

    @property
    def json_value(self) -> JsonValue:
        """How people see it: `false`, `7`, `"2025-11-01/2025-11-07"`; numbers that money is made of stay text."""
        match self.type:
            case "boolean":
                return self.text == "true"
            case "integer":
                return int(self.text)
            case _:
                return self.text

    @property
    def sql_parameters(self) -> tuple[SqlParameter, ...]:
        """What SQL sees; a date range is two dates, `@x_start` and `@x_end`."""
        values = self.text.split("/") if self.type == "date_range" else [self.text]
        return tuple(
            SqlParameter(name=name, type=sql_type, value=value)
            for (name, sql_type), value in zip(sql_types(self.name, self.type).items(), values, strict=True)
        )


def resolve_parameters(
    declared: dict[str, Parameter], given: dict[str, JsonValue], *, today: date
) -> tuple[ParameterValue, ...]:
    """Every declared parameter with its value for one run.

    Raises InvalidError naming every unknown, missing or wrong one, with a JSON pointer into the request.
    """
    problems = [
        FieldProblem(json_pointer("parameters", name), _undeclared(name, tuple(declared)))
        for name in given
        if name not in declared
    ]
    values = []
    for name, parameter in declared.items():
        try:
            values.append(_resolve(name, parameter, given.get(name), today=today))
        except ValueError as error:
            problems.append(FieldProblem(json_pointer("parameters", name), str(error)))
    if problems:
        raise InvalidError("The parameters are wrong", code="invalid_parameters", problems=tuple(problems))
    return tuple(values)


def _undeclared(name: str, declared: tuple[str, ...]) -> str:
    known = listed(declared) or "none"
    meant = did_you_mean(nearest(name, declared))
    return f"'{shortened(name, longest=100)}' is not a parameter of this pipeline; it takes {known}{meant}"


def _resolve(name: str, parameter: Parameter, given: JsonValue, *, today: date) -> ParameterValue:
    if given is None and parameter.default is None:
        raise ValueError("is missing; this pipeline has no default for it")
    value = parameter.default if given is None else given
    return ParameterValue(name=name, type=parameter.type, text=_canonical(parameter, value, today=today))


def _canonical(parameter: Parameter, value: object, *, today: date) -> str:
    match parameter:
        case StringParameter():
            return _text(value)
        case IntegerParameter():
            return str(_integer(value, parameter))
        case NumberParameter():
            return _number(value)
        case BooleanParameter():
            return _boolean(value)
        case DateParameter():
            return parse_day(value, today=today).isoformat()
        case DateRangeParameter():
            return parse_date_range(value, today=today).text
        case EnumParameter():
            return _word(value, parameter.values)
        case _:
            assert_never(parameter)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    if len(value) > _MAX_TEXT:
        raise ValueError(f"must be at most {_MAX_TEXT} characters long")
    return value


def _integer(value: object, parameter: IntegerParameter) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")
    if not SMALLEST_INT64 <= value <= LARGEST_INT64:
        raise ValueError(f"must lie between {SMALLEST_INT64} and {LARGEST_INT64}")
    if parameter.minimum is not None and value < parameter.minimum:
        raise ValueError(f"must be at least {parameter.minimum}")
    if parameter.maximum is not None and value > parameter.maximum:
        raise ValueError(f"must be at most {parameter.maximum}")
    return value


_FLOAT_DIGITS = 15
"""What a JSON or YAML number keeps of a decimal fraction, whatever it is."""


def _number(value: object) -> str:
    # 29 digits before the point and 9 after it are all that NUMERIC has.
    with localcontext(prec=_NUMERIC_DIGITS):
        number = _decimal(value)
        if abs(number) >= _NUMERIC_END:
            raise ValueError("must have at most 29 digits before the point")
        rounded = round(number, _NUMERIC_SCALE)
        if rounded != number:
            raise ValueError(f"must have at most {_NUMERIC_SCALE} decimals")
        return f"{rounded.normalize() + 0:f}"


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not re.fullmatch(_NUMBER, str(value)):
        raise ValueError("must be a number")
    if isinstance(value, float) and len(Decimal(str(value)).as_tuple().digits) > _FLOAT_DIGITS:
        raise ValueError(
            f"has more than {_FLOAT_DIGITS} digits, which only text can say exactly; write it in quotes"
        )
    return Decimal(str(value))


def _boolean(value: object) -> str:
    if isinstance(value, str) and value in {"true", "false"}:
        return value
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return "true" if value else "false"


def _word(value: object, words: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in words:
        raise ValueError(f"must be one of {listed(words)}")
    return value
