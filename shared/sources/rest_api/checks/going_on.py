"""What must hold of a REST source that goes on from where an earlier run ended."""

from collections.abc import Iterator

from pydantic import JsonValue

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.domain.cursor import parse_cursor
from shared.domain.reference import Location
from shared.sources.rest_api.checks.shape import is_reference
from shared.sources.rest_api.settings import (
    INCREMENTAL,
    START_VALUE,
    endpoint_of,
    incremental_of,
)
from shared.sources.rest_api.source import RestApiSource

_WHERE_IT_MAY_BE = ("params", "json")


def check_going_on(source: RestApiSource, place: Place) -> Iterator[ConfigProblem]:
    """A cursor of rows that are not ingested, that nobody asks by, or of which some resource's rows have several."""
    shared = endpoint_of(source.resource_defaults)
    for location, _ in incremental_of(shared):
        yield place.at("resource_defaults", "endpoint", *location).problem(
            kinds.WRONG_REQUEST, f"'{INCREMENTAL}' is of one resource's rows; write it there"
        )
    yield from _check_start(shared, place.at("resource_defaults", "endpoint"), may_be=())
    for number, resource in enumerate(source.resources):
        here, endpoint = place.at("resources", number, "endpoint"), endpoint_of(resource)
        said = incremental_of(endpoint)
        yield from _check_start(endpoint, here, may_be=_WHERE_IT_MAY_BE if said else ())
        if not said:
            continue
        location, words = said[0]
        if len(said) > 1:
            yield here.at(*said[1][0]).problem(kinds.WRONG_REQUEST, f"'{INCREMENTAL}' is said twice")
        elif number != source.resource_number:
            yield here.at(*location).problem(
                kinds.WRONG_REQUEST,
                "is of a resource whose rows are not ingested; only those can go on from where they were read",
            )
        elif _is_asked_for_each(endpoint, shared):
            yield here.at(*location).problem(
                kinds.WRONG_REQUEST,
                "can't be of a resource that is asked for each row of another: a row of that one that comes later may "
                "have old ones below it",
            )
        else:
            yield from _check_words(words, endpoint, here, location=location)


def _check_words(
    words: dict[str, JsonValue], endpoint: JsonValue, place: Place, *, location: Location
) -> Iterator[ConfigProblem]:
    here, param = place.at(*location), words.get("start_param")
    params = endpoint.get("params") if isinstance(endpoint, dict) else None
    if param is None and not any(START_VALUE in text for text, _ in _texts(endpoint, ())):
        yield here.problem(
            kinds.WRONG_REQUEST,
            f"does not say how the API is asked: write 'start_param', or {START_VALUE} below 'params' or 'json'",
        )
    if location == (INCREMENTAL,) and isinstance(params, dict) and isinstance(param, str) and param in params:
        yield place.at("params", param).problem(
            kinds.WRONG_REQUEST, f"'{param}' is the 'start_param' of '{INCREMENTAL}', too"
        )
    initial, lag, convert = words.get("initial_value"), words.get("lag"), words.get("convert")
    if initial is None or is_reference(initial):
        return
    value = parse_cursor(initial)
    if value is None:
        yield here.at("initial_value").problem(
            kinds.WRONG_REQUEST, "must be a number, a date, a time or another text"
        )
    elif value.kind == "text" and lag:
        yield here.at("lag").problem(
            kinds.WRONG_REQUEST, "must be 0: 'initial_value' is a text, before which nothing lies by a number"
        )
    elif value.kind in ("number", "text") and convert is not None:
        yield here.at("convert").problem(
            kinds.WRONG_REQUEST, "writes dates and times, and 'initial_value' is neither"
        )
    if isinstance(lag, int) and lag < 0:
        yield here.at("lag").problem(
            kinds.WRONG_REQUEST, "must be 0 or more: what is later than the last value is not known yet"
        )


def _is_asked_for_each(endpoint: JsonValue, shared: JsonValue) -> bool:
    return any("{resources." in text for each in (endpoint, shared) for text, _ in _texts(each, ())) or any(
        isinstance(value, dict) and value.get("type") == "resolve"
        for each in (endpoint, shared)
        for value in _params_of(each)
    )


def _params_of(endpoint: JsonValue) -> tuple[JsonValue, ...]:
    params = endpoint.get("params") if isinstance(endpoint, dict) else None
    return tuple(params.values()) if isinstance(params, dict) else ()


def _check_start(endpoint: JsonValue, place: Place, *, may_be: tuple[str, ...]) -> Iterator[ConfigProblem]:
    """Texts with the value to begin with where it is not filled in."""
    for text, location in _texts(endpoint, ()):
        if START_VALUE in text and not (location and location[0] in may_be):
            yield place.at(*location).problem(
                kinds.WRONG_REQUEST,
                f"{START_VALUE} stands for nothing here; write it below 'params' or 'json' of the endpoint that says "
                f"'{INCREMENTAL}'",
            )


def _texts(value: JsonValue, location: Location) -> Iterator[tuple[str, Location]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _texts(inner, (*location, key))
        case list():
            for index, inner in enumerate(value):
                yield from _texts(inner, (*location, index))
        case str():
            yield value, location
