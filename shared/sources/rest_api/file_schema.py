"""The JSON Schema of a REST source's settings, from the shapes that check them."""

from typing import assert_never

from pydantic import JsonValue

from shared.config.typed_schema import JsonSchema, by_type
from shared.sources.rest_api.checks.shape import (
    Anything,
    JsonPath,
    Keys,
    Listed,
    Named,
    Shape,
    TextOr,
    Typed,
    Value,
    Word,
)
from shared.sources.rest_api.checks.words import (
    AUTH,
    ENDPOINT,
    INCREMENTAL_PARAMETER,
    PAGINATOR,
    PARAMETER,
    PARENT_PARAMETER,
    SECRET,
    SETTINGS,
)
from shared.sources.rest_api.settings import INCREMENTAL

_TYPE_BY_PYTHON: dict[type, JsonValue] = {str: "string", int: "integer", float: "number", bool: "boolean"}
_REFERENCE = "reference"
_REFERENCES: JsonSchema = {"$ref": f"#/$defs/{_REFERENCE}"}
_ANY_OR_REFERENCE: JsonSchema = {"if": {"type": "object"}, "then": _REFERENCES}
_SHARED: dict[str, tuple[Shape, str]] = {
    "paginator": (PAGINATOR, "How the API's answer is paged."),
    "auth": (AUTH, "What shows the API who is asking."),
    "endpoint": (ENDPOINT, "One address of the API, how it is asked, and where in its answer the rows are."),
}


def file_schema() -> JsonSchema:
    """What may stand below `client`, `resource_defaults` and `resources`."""
    definitions: JsonSchema = {
        name: {**_of(shape), "description": text} for name, (shape, text) in _SHARED.items()
    }
    definitions[_REFERENCE] = {
        "description": "A value that stands for a secret of the tenant or a parameter of the run.",
        "anyOf": [_of_keys(SECRET, required=("secret",)), _of_keys(PARAMETER, required=PARAMETER.required)],
    }
    return {"properties": {word: _named(shape) for word, shape in SETTINGS.items()}, "$defs": definitions}


def _named(shape: Shape) -> JsonSchema:
    """What the shape says; by name, where it is used in several places."""
    for name, (shared, _) in _SHARED.items():
        if shape is shared:
            return {"$ref": f"#/$defs/{name}"}
    return _of(shape)


def _of(shape: Shape) -> JsonSchema:
    match shape:
        case Anything():
            return {}
        case Value():
            return _of_value(shape)
        case Word(words):
            return {"enum": list(words)}
        case JsonPath(or_null):
            return {"type": ["string", "null"] if or_null else "string"}
        case Keys():
            return _of_keys(shape, required=shape.required)
        case Named(inner):
            return {"type": "object", "additionalProperties": _named(inner)}
        case Listed(item):
            return {"type": "array", "items": _named(item)}
        case Typed():
            return _of_typed(shape)
        case TextOr(longer):
            return {"anyOf": [{"type": "string"}, _named(longer)]}
        case _:
            assert_never(shape)


def _of_value(shape: Value) -> JsonSchema:
    if shape.secret:
        return {"anyOf": [_REFERENCES, {"const": ""}]} if shape.may_be_empty else _REFERENCES
    return {"anyOf": [{"type": [_TYPE_BY_PYTHON[each] for each in shape.types]}, _REFERENCES]}


def _of_keys(shape: Keys, *, required: tuple[str, ...]) -> JsonSchema:
    properties: JsonSchema = {key: _named(inner) for key, inner in shape.shape_by_key.items()}
    if shape is ENDPOINT:
        properties["params"] = {"type": "object", "additionalProperties": _parameter()}
    schema: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    if shape.apart:
        schema["allOf"] = [{"not": {"required": list(pair)}} for pair in shape.apart]
    return schema


def _of_typed(shape: Typed) -> JsonSchema:
    schemas = {name: _of_keys(keys, required=keys.required) for name, keys in shape.keys_by_type.items()}
    mapping = by_type(schemas, unnamed=shape.unnamed)
    return {"anyOf": [{"enum": list(shape.alone)}, mapping]} if shape.alone else mapping


def _parameter() -> JsonSchema:
    """A mapping below `params` is a reference, or says where its value comes from."""
    mapping = by_type(
        {"resolve": _of(PARENT_PARAMETER), INCREMENTAL: _of(INCREMENTAL_PARAMETER)}, unnamed=None
    )
    return {"if": {"type": "object", "required": ["type"]}, "then": mapping, "else": _ANY_OR_REFERENCE}
