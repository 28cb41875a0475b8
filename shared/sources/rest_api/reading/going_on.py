"""From where on a resource's rows are asked for, and how far they got: by a value in each that grows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal, assert_never

from pydantic import JsonValue, ValidationError

from shared.domain.cursor import WORDS, CursorValue, parse_cursor
from shared.domain.errors import StepError
from shared.domain.model import Model
from shared.domain.progress import Memory
from shared.sources.rest_api.reading.json_selection import found, json_path, names
from shared.sources.rest_api.settings import INCREMENTAL, START_VALUE

Row = dict[str, JsonValue]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OTHERWISE = (
    "give 'initial_value' another value to read everything again, once the source's rows are of one kind"
)


class ApiCursor(Model):
    """What a source says of it, in dlt's words."""

    cursor_path: str
    initial_value: str | int | float
    lag: int
    start_param: str | None = None
    convert: Literal["unix", "unix_ms", "rfc3339", "date"] | None = None
    on_cursor_value_missing: Literal["raise", "include", "exclude"] = "raise"


class RowCursor:
    """The cursor of a resource's rows: where it was, and how far rows have moved it."""

    def __init__(self, words: dict[str, JsonValue], *, resource: str, memory: Memory | None) -> None:
        """Raises StepError for what is no cursor."""
        try:
            self._said = ApiCursor.model_validate(words)
        except ValidationError:
            raise StepError(
                f"resource '{resource}' can't go on with these words below '{INCREMENTAL}'; `convergence validate` "
                "may say why"
            ) from None
        self._resource = resource
        self._memory = memory
        self._kept = memory.cursor if memory else None
        self._last = self._kept
        self._path = json_path(self._said.cursor_path)
        self._names = names(self._path)

    @property
    def start_param(self) -> str | None:
        """The parameter by which the API is asked, where it is one."""
        return self._said.start_param

    @property
    def start(self) -> JsonValue:
        """From where on the API is asked, as it wants that written. Raises StepError for what can't be written so."""
        said, initial = self._said, parse_cursor(self._said.initial_value)
        if initial is None:
            raise self._fault(f"has no '{INCREMENTAL}' value to begin with: 'initial_value' is empty")
        try:
            start = initial if self._kept is None else self._kept.before(said.lag)
            if start.kind == initial.kind:
                start = max(start, initial, key=lambda value: value.place)
            return start.said if said.convert is None else _written(start, said.convert)
        except ValueError as error:
            raise self._fault(f"can't be asked from where it was read: {error}") from error

    def followed(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows; once they are at their end, how far they got is kept. Raises StepError for one without a value."""
        for number, row in enumerate(rows, start=1):
            value = parse_cursor(self._value(row))
            if value is not None:
                self._move(value, number)
            elif self._said.on_cursor_value_missing == "raise":
                raise self._fault(
                    f"gives row {number} without a value at '{self._said.cursor_path}', by which its rows go on; "
                    "'on_cursor_value_missing: include' takes such rows, 'exclude' leaves them out"
                )
            if value is not None or self._said.on_cursor_value_missing == "include":
                yield row
        if self._memory is not None:
            self._memory.keep(self._memory.reached(self._last))

    def _value(self, row: Row) -> JsonValue:
        if self._names is None:
            return next(iter(found(self._path, row)), None)
        value: JsonValue = row
        for name in self._names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def _move(self, value: CursorValue, number: int) -> None:
        last = self._last
        if last is not None and value.kind != last.kind:
            raise self._fault(
                f"gives row {number} with {WORDS[value.kind]} at '{self._said.cursor_path}', after {WORDS[last.kind]}: "
                f"nobody can say which comes first; {_OTHERWISE}"
            )
        if last is None or value.place > last.place:
            self._last = value

    def _fault(self, what: str) -> StepError:
        return StepError(f"resource '{self._resource}' {what}")


def started(settings: dict[str, JsonValue], number: int, cursor: RowCursor) -> dict[str, JsonValue]:
    """The settings, with where to begin in the request of the resource of that number."""
    resources = settings["resources"]
    resource = resources[number] if isinstance(resources, list) else None
    endpoint = resource.get("endpoint") if isinstance(resource, dict) else None
    if not isinstance(resources, list) or not isinstance(resource, dict) or not isinstance(endpoint, dict):
        return settings
    words = {key: value for key, value in endpoint.items() if key != INCREMENTAL}
    params = words.get("params")
    asked: dict[str, JsonValue] = {**params} if isinstance(params, dict) else {}
    start = cursor.start
    if cursor.start_param is not None:
        asked[cursor.start_param] = START_VALUE
    words["params"] = _filled(asked, start)
    if "json" in words:
        words["json"] = _filled(words["json"], start)
    resources = [*resources]
    resources[number] = {**resource, "endpoint": words}
    return {**settings, "resources": resources}


def _filled(value: JsonValue, start: JsonValue) -> JsonValue:
    match value:
        case dict():
            return {key: _filled(inner, start) for key, inner in value.items()}
        case list():
            return [_filled(inner, start) for inner in value]
        case str() if value == START_VALUE and not isinstance(start, str):
            return start
        case str():
            # dlt reads braces in it.
            return value.replace(START_VALUE, str(start).replace("{", "{{").replace("}", "}}"))
        case _:
            return value


def _written(value: CursorValue, convert: Literal["unix", "unix_ms", "rfc3339", "date"]) -> JsonValue:
    """The time as the API wants it, never later than it is. Raises ValueError for what is none."""
    at = value.place[0]
    if not isinstance(at, datetime):
        raise ValueError(f"'convert' writes times, and it is {WORDS[value.kind]}")
    fraction = Decimal(str(value.place[1])) if len(value.place) > 1 else Decimal(0)
    seconds = (at.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
    match convert:
        case "unix":
            return seconds
        case "unix_ms":
            return seconds * 1_000 + int(fraction * 1_000)
        case "rfc3339":
            return f"{at.replace(tzinfo=None).isoformat()}Z"
        case "date":
            return at.date().isoformat()
        case _:
            assert_never(convert)
