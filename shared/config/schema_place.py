"""Where in the document, and in the model, an error of pydantic's belongs.

Pydantic's locations hold more than the document does: the tag of a discriminated union, the name of a union's
member, `[key]` for a mapping's key. The model's core schema (documented in pydantic_core.core_schema) tells them
apart from keys, even where a step of type `sql` has a key `sql`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from shared.config.document import Location

# A core schema is one of some fifty typed dictionaries, told apart by `type`; they are only read here.
CoreSchema = Mapping[str, Any]

_INNER = {"lax-or-strict": "lax_schema", "json-or-python": "python_schema"}


@dataclass(frozen=True)
class SchemaPlace:
    """`location` in the document; `schema` of what is expected there (None: not known); the model `around` it,
    and the innermost `model` that there is or should be.

    `union` is where the innermost union without a discriminator begins, if the error is about one of its members.
    """

    location: Location
    schema: CoreSchema | None
    around: type[BaseModel] | None
    model: type[BaseModel] | None
    union: Location | None


def find_schema_place(model: type[BaseModel], loc: Location) -> SchemaPlace:
    """Follow the location of one of pydantic's errors through `model`."""
    walk = _Walk(model.__pydantic_core_schema__)
    for part in loc:
        walk.follow(part)
    return SchemaPlace(
        location=walk.location, schema=walk.schema, around=walk.around, model=walk.model, union=walk.union
    )


class _Walk:
    """A way down a core schema, one part of a location at a time."""

    def __init__(self, schema: CoreSchema) -> None:
        self.location: Location = ()
        self.around: type[BaseModel] | None = None
        self.model: type[BaseModel] | None = None
        self.union: Location | None = None
        self._schema_by_ref: dict[str, CoreSchema] = {}
        self.schema: CoreSchema | None = self._peel(schema)

    def follow(self, part: str | int) -> None:
        schema = self.schema
        if schema is None:
            self.location = (*self.location, part)
        elif schema["type"] == "tagged-union":
            self.schema = self._member(schema["choices"], str(part))
        elif schema["type"] == "union":
            self.union = self.location
            self.schema = self._choice(schema["choices"], str(part))
        elif part != "[key]":
            self.location = (*self.location, part)
            self.around = self.model
            inner = _inner_schema(schema, part)
            self.schema = None if inner is None else self._peel(inner)

    def _member(self, choices: Mapping[object, CoreSchema], tag: str) -> CoreSchema | None:
        for choice, schema in choices.items():
            # A tag is a word or an enumeration's member; its location holds the word.
            if str(getattr(choice, "value", choice)) == tag:
                return self._peel(schema)
        return None

    def _choice(self, choices: list[Any], label: str) -> CoreSchema | None:
        """Return the member that pydantic calls `label`: a model's name, or a type such as `list[str]`."""
        model = self.model
        for choice in choices:
            schema = self._peel(choice[0] if isinstance(choice, tuple) else choice)
            name = schema.get("model_name", schema["type"])
            own_label = choice[1] if isinstance(choice, tuple) else name
            if label in (own_label, f"constrained-{name}") or label.startswith(f"{name}["):
                return schema
            # A member with a validator of its own is called `function-after[validator(), name]`.
            if label.endswith(f" {name}]"):
                return schema
            self.model = model
        return None

    def _peel(self, schema: CoreSchema) -> CoreSchema:
        """Take off what says how and not what: defaults, validators, references, a model's shell."""
        while True:
            kind = schema["type"]
            if kind == "definitions":
                self._schema_by_ref.update({known["ref"]: known for known in schema["definitions"]})
                schema = schema["schema"]
            elif kind == "definition-ref":
                schema = self._schema_by_ref[schema["schema_ref"]]
            elif kind == "chain":
                schema = schema["steps"][0]
            elif kind in _INNER:
                schema = schema[_INNER[kind]]
            elif (
                kind in ("union", "tagged-union", "list", "dict", "set", "frozenset")
                or "schema" not in schema
            ):
                return schema
            else:
                schema = self._enter(schema)

    def _enter(self, schema: CoreSchema) -> CoreSchema:
        if schema["type"] == "model":
            self.model = schema["cls"]
        inner: CoreSchema = schema["schema"]
        return inner


def _inner_schema(schema: CoreSchema, part: str | int) -> CoreSchema | None:
    match schema["type"]:
        case "model-fields":
            return _field_schema(schema["fields"], str(part))
        case "list" | "set" | "frozenset":
            found: CoreSchema | None = schema.get("items_schema")
            return found
        case "tuple":
            items = schema["items_schema"]
            return items[min(int(part), len(items) - 1)] if items else None
        case "dict":
            values: CoreSchema | None = schema.get("values_schema")
            return values
        case _:
            return None


def _field_schema(fields: Mapping[str, CoreSchema], name: str) -> CoreSchema | None:
    for field_name, model_field in fields.items():
        if name in (field_name, model_field.get("validation_alias")):
            inner: CoreSchema = model_field["schema"]
            return inner
    return None
