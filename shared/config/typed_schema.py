"""JSON Schema of mappings whose `type` says which other keys they have."""

from collections.abc import Mapping

from pydantic import JsonValue

JsonSchema = dict[str, JsonValue]


def by_type(
    schemas: Mapping[str, JsonSchema],
    *,
    meanings: Mapping[str, str] | None = None,
    unnamed: str | None = None,
) -> JsonSchema:
    """A mapping that is as `schemas` say for its `type`, and as the `unnamed` one's where it has none.

    By `if` and `then` rather than by `oneOf`: what is told of a mistake is then about the type that is meant, and an
    editor offers that type's keys alone. `meanings` are for people.
    """
    word: JsonSchema = {"enum": list(schemas)}
    if meanings:
        text = "\n".join(f"- `{name}`: {meaning}" for name, meaning in meanings.items())
        word |= {"description": text, "markdownDescription": text}
    chosen: JsonSchema = {"type": "object", "properties": {"type": word}, "allOf": []}
    cases: list[JsonValue] = []
    for name, schema in schemas.items():
        required: JsonSchema = {} if name == unnamed else {"required": ["type"]}
        is_it: JsonSchema = {"properties": {"type": {"const": name}}, **required}
        cases.append({"if": is_it, "then": _with_type(schema)})
    return {**chosen, "allOf": cases, **({} if unnamed else {"required": ["type"]})}


def _with_type(schema: JsonSchema) -> JsonSchema:
    """A schema with keys of its own that allows the one that chose it."""
    keys = schema.get("properties")
    return {**schema, "properties": {"type": True, **keys}} if isinstance(keys, dict) else schema
