"""What must hold of each resource of a REST source, and between them."""

from collections.abc import Iterator
from string import Formatter

from pydantic import JsonValue

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.sources.rest_api.checks.shape import is_reference, misfits
from shared.sources.rest_api.checks.words import INCREMENTAL_PARAMETER, PAGINATOR, PARENT_PARAMETER
from shared.sources.rest_api.settings import INCREMENTAL, START_VALUE, Settings, resource_names, said
from shared.sources.rest_api.source import RestApiSource

_PARENT = "resources."
_BRACES = "{resources.NAME.FIELD} is a value of another resource's row; write {{ and }} for braces"


def check_resources(source: RestApiSource, settings: Settings, place: Place) -> Iterator[ConfigProblem]:
    """Resources that don't say how they are paged or where their rows are, and names that nothing has."""
    names = resource_names(settings)
    known = tuple(name for name in names if name is not None)
    shared = source.resource_defaults.get("endpoint")
    yield from _check_endpoint(
        source.resource_defaults, known, place.at("resource_defaults"), given=_params_of(*source.resources)
    )
    for number, name in enumerate(names):
        here = place.at("resources", number)
        if name is not None and name in names[:number]:
            yield here.problem(kinds.ID_TWICE, f"'{name}' is the name of two resources")
        yield from _check_said(settings, number, here)
        yield from _check_endpoint(source.resources[number], known, here, given=_params(shared))
    if source.resource is None and len(source.resources) > 1:
        yield place.at("resources").problem(
            kinds.WRONG_REQUEST, "there are several resources; 'resource' must say whose rows are meant"
        )
    if source.resource is not None and source.resource not in known:
        yield place.at("resource").unknown(
            kinds.UNKNOWN_RESOURCE, source.resource, known, what="one of the resources"
        )


def _check_said(settings: Settings, number: int, place: Place) -> Iterator[ConfigProblem]:
    here = place.at("endpoint")
    if said(settings, number, "paginator") is None:
        yield here.problem(
            kinds.WRONG_REQUEST,
            "'paginator' is missing: a source says how it is paged, single_page if it is not",
            allowed=tuple(PAGINATOR.keys_by_type),
        )
    if said(settings, number, "data_selector") is None:
        yield here.problem(
            kinds.WRONG_REQUEST,
            "'data_selector' is missing: the path in the answer to the rows, '$' for the answer itself",
        )


def _params(endpoint: JsonValue) -> tuple[str, ...]:
    params = endpoint.get("params") if isinstance(endpoint, dict) else None
    return tuple(params) if isinstance(params, dict) else ()


def _params_of(*resources: JsonValue) -> tuple[str, ...]:
    endpoints = [resource.get("endpoint") for resource in resources if isinstance(resource, dict)]
    return tuple(name for endpoint in endpoints for name in _params(endpoint))


def _check_endpoint(
    resource: JsonValue, known: tuple[str, ...], place: Place, *, given: tuple[str, ...]
) -> Iterator[ConfigProblem]:
    """`given` are the parameters that a path may name besides the endpoint's own."""
    endpoint = resource.get("endpoint") if isinstance(resource, dict) else resource
    if isinstance(endpoint, str):
        yield from _check_braces(endpoint, known, place, given=given)
    if not isinstance(endpoint, dict):
        return
    here, params = place.at("endpoint"), endpoint.get("params")
    for name, value in params.items() if isinstance(params, dict) else ():
        if isinstance(value, dict) and value.get("type") == INCREMENTAL:
            yield from misfits(value, INCREMENTAL_PARAMETER, here.at("params", name))
        elif isinstance(value, dict) and not is_reference(value):
            yield from misfits(value, PARENT_PARAMETER, here.at("params", name))
            yield from _check_parent(value.get("resource"), known, here.at("params", name, "resource"))
    yield from _check_braces(endpoint.get("path"), known, here.at("path"), given=(*_params(endpoint), *given))
    for word in ("params", "json", "data", "headers"):
        yield from _check_braces(endpoint.get(word), known, here.at(word), given=())


def _check_braces(
    value: JsonValue, known: tuple[str, ...], place: Place, *, given: tuple[str, ...]
) -> Iterator[ConfigProblem]:
    """dlt reads braces in every text as Python's `str.format` does."""
    match value:
        case dict() if not is_reference(value):
            for key, inner in value.items():
                yield from _check_braces(key, known, place.at(key), given=given)
                yield from _check_braces(inner, known, place.at(key), given=given)
        case list():
            for index, inner in enumerate(value):
                yield from _check_braces(inner, known, place.at(index), given=given)
        case str():
            yield from _check_text(value, known, place, given=given)


def _check_text(
    text: str, known: tuple[str, ...], place: Place, *, given: tuple[str, ...]
) -> Iterator[ConfigProblem]:
    try:
        fields = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
    except ValueError:
        yield place.problem(kinds.WRONG_REQUEST, f"has a brace too many; {_BRACES}")
        return
    for field in fields:
        parts = field.split(".", 2)
        if field.startswith(_PARENT) and len(parts) == 3:
            yield from _check_parent(parts[1], known, place)
        elif field not in given and f"{{{field}}}" != START_VALUE:
            yield place.problem(
                kinds.WRONG_REQUEST, f"'{{{field}}}' stands for nothing; {_BRACES}", allowed=tuple(given)
            )


def _check_parent(name: JsonValue, known: tuple[str, ...], place: Place) -> Iterator[ConfigProblem]:
    if isinstance(name, str) and name not in known:
        yield place.unknown(kinds.UNKNOWN_RESOURCE, name, known, what="one of the resources")
