"""What a REST source's settings say of each resource: its own words, then the defaults', then the client's."""

from collections.abc import Mapping

from pydantic import JsonValue

from shared.domain.reference import Location

Settings = Mapping[str, JsonValue]
"""`client`, `resource_defaults` and `resources`, in dlt's words."""

INCREMENTAL = "incremental"
START_VALUE = "{incremental.start_value}"
"""What a text says where the value is meant that rows are read from."""


def said(settings: Settings, number: int, word: str) -> tuple[Location, JsonValue] | None:
    """The place and the value of the `word` that counts for the resource with that number, from 0; None for no word."""
    for location in (
        ("resources", number, "endpoint", word),
        ("resource_defaults", "endpoint", word),
        ("client", word),
    ):
        value = _value_at(settings, location)
        if value is not None:
            return location, value
    return None


def resource_names(settings: Settings) -> tuple[str | None, ...]:
    """The names of the resources; None for one that has none."""
    resources = settings["resources"]
    return tuple(_name(resource) for resource in resources) if isinstance(resources, list) else ()


def incremental_of(endpoint: JsonValue) -> tuple[tuple[Location, dict[str, JsonValue]], ...]:
    """What an endpoint says of where its rows are read from, and where it says so; once where it is right.

    Said as a parameter, it has that parameter's name as `start_param`.
    """
    words = endpoint if isinstance(endpoint, dict) else {}
    params, stated = words.get("params"), words.get(INCREMENTAL)
    found: list[tuple[Location, dict[str, JsonValue]]] = []
    if isinstance(stated, dict):
        found.append(((INCREMENTAL,), stated))
    for name, value in params.items() if isinstance(params, dict) else ():
        if isinstance(value, dict) and value.get("type") == INCREMENTAL:
            more = {key: each for key, each in value.items() if key != "type"}
            found.append((("params", name), {**more, "start_param": name}))
    return tuple(found)


def endpoint_of(resource: JsonValue) -> JsonValue:
    """What a resource says of its endpoint; None for one that is a name alone."""
    return resource.get("endpoint") if isinstance(resource, dict) else None


def _name(resource: JsonValue) -> str | None:
    name = resource.get("name") if isinstance(resource, dict) else resource
    return name if isinstance(name, str) else None


def _value_at(value: object, location: Location) -> JsonValue:
    for part in location:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
        else:
            return None
    return value  # type: ignore[return-value] # what JSON holds is JSON
