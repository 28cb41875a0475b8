"""Values in a source's settings that stand for something else: `{secret: name}` and `{parameter: name}`."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from pydantic import JsonValue

from shared.domain.ids import Name
from shared.domain.model import Model
from shared.domain.parameter import ParameterValue

Location = tuple[str | int, ...]


class SecretReference(Model):
    """The tenant's secret of that name."""

    secret: Name


class ParameterReference(Model):
    """What the run was given for a parameter, or one end of a date range: `date_range_start`, `date_range_end`.

    Dates can be written as `date` (2025-11-01), `rfc3339` (2025-11-01T00:00:00Z) or `unix` seconds; `plus_days: 1`
    makes the last day of a range the exclusive end that many APIs want.
    """

    parameter: Name
    format: Literal["date", "rfc3339", "unix"] = "date"
    plus_days: int = 0


def references(value: JsonValue, location: Location = ()) -> Iterator[tuple[Location, dict[str, JsonValue]]]:
    """Every mapping in `value` that is meant as a reference, and where it is."""
    match value:
        case dict() if "secret" in value or "parameter" in value:
            yield location, value
        case dict():
            for key, inner in value.items():
                yield from references(inner, (*location, key))
        case list():
            for index, inner in enumerate(value):
                yield from references(inner, (*location, index))


def resolved(
    value: JsonValue, *, secret: Callable[[str], str], parameters: tuple[ParameterValue, ...]
) -> JsonValue:
    """`value` with every reference replaced by what it stands for."""
    match value:
        case {"secret": _}:
            return secret(SecretReference.model_validate(value).secret)
        case {"parameter": _}:
            return _parameter(ParameterReference.model_validate(value), parameters)
        case dict():
            return {
                key: resolved(inner, secret=secret, parameters=parameters) for key, inner in value.items()
            }
        case list():
            return [resolved(inner, secret=secret, parameters=parameters) for inner in value]
        case _:
            return value


def _parameter(reference: ParameterReference, parameters: tuple[ParameterValue, ...]) -> JsonValue:
    for value in parameters:
        for parameter in value.sql_parameters:
            if parameter.name == reference.parameter and isinstance(parameter.value, str):
                return _written(parameter.value, reference) if parameter.type == "DATE" else value.json_value
    raise KeyError(reference.parameter)


def _written(text: str, reference: ParameterReference) -> JsonValue:
    day = date.fromisoformat(text) + timedelta(days=reference.plus_days)
    midnight = datetime.combine(day, time.min, tzinfo=UTC)
    match reference.format:
        case "date":
            return day.isoformat()
        case "rfc3339":
            return midnight.strftime("%Y-%m-%dT%H:%M:%SZ")
        case "unix":
            return int(midnight.timestamp())
