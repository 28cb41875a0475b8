"""A REST source's settings with the values that stand for secrets and parameters, as dlt may read them."""

from collections.abc import Callable
from string import Formatter

from pydantic import JsonValue

from shared.domain.parameter import ParameterValue
from shared.domain.reference import resolved
from shared.sources.rest_api.source import RestApiSource

_READ_ONCE = ("params", "headers", "json", "data")
_PATH = "path"
_Replaced = Callable[[JsonValue], JsonValue]
"""What replaces every reference in a value."""


def substituted_settings(
    source: RestApiSource, *, secret: Callable[[str], str], parameters: tuple[ParameterValue, ...]
) -> dict[str, JsonValue]:
    """Its client, resource_defaults and resources, with every reference replaced by what it stands for.

    dlt reads what an endpoint sends as Python's `str.format` does, a path even twice: braces in it are doubled.
    """

    def replaced(value: JsonValue) -> JsonValue:
        return resolved(value, secret=secret, parameters=parameters)

    settings = source.settings
    return {
        "client": replaced(settings["client"]),
        "resource_defaults": _resource(settings["resource_defaults"], replaced),
        "resources": [_resource(each, replaced) for each in source.resources],
    }


def _resource(words: JsonValue, replaced: _Replaced) -> JsonValue:
    if not isinstance(words, dict):
        return words
    return {
        key: _endpoint(value, replaced) if key == "endpoint" else replaced(value)
        for key, value in words.items()
    }


def _endpoint(words: JsonValue, replaced: _Replaced) -> JsonValue:
    if not isinstance(words, dict):
        return _path(words)
    return {key: _word(key, value, replaced) for key, value in words.items()}


def _word(key: str, value: JsonValue, replaced: _Replaced) -> JsonValue:
    if key == _PATH:
        return _path(_sent(value, replaced))
    return _sent(value, replaced) if key in _READ_ONCE else replaced(value)


def _sent(value: JsonValue, replaced: _Replaced) -> JsonValue:
    """The value with its references replaced by texts that come out of `str.format` as they are."""
    match value:
        case {"secret": _} | {"parameter": _}:
            text = replaced(value)
            return _doubled(text) if isinstance(text, str) else text
        case dict():
            return {key: _sent(inner, replaced) for key, inner in value.items()}
        case list():
            return [_sent(inner, replaced) for inner in value]
        case _:
            return value


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _path(value: JsonValue) -> JsonValue:
    """The path with the braces that are meant doubled once more; what stands for something else stays."""
    if not isinstance(value, str):
        return value
    try:
        parts = list(Formatter().parse(value))
    except ValueError:
        # dlt says what is wrong with it.
        return value
    return "".join(
        _doubled(_doubled(text)) + ("" if field is None else f"{{{field}}}") for text, field, _, _ in parts
    )
