"""A document held against a model, with every disagreement as a problem in plain words."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from shared.config import kinds
from shared.config.document import Document, Location, path_text
from shared.config.kind import Kind
from shared.config.kinds import ABOUT_KEYS
from shared.config.problem import ConfigError, ConfigProblem
from shared.config.requirement import WANTED_BY_ERROR, in_quotes, kind_of, requirement, shown
from shared.config.schema_place import CoreSchema, SchemaPlace, find_schema_place
from shared.domain.errors import TwiceError
from shared.domain.message import nearest

M = TypeVar("M", bound=BaseModel)

_Found = tuple[SchemaPlace, ErrorDetails]


def validate(document: Document, model: type[M]) -> M:
    """Return the document as `model`; raises ConfigError with every problem, at the key or the item it is about."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        entries = [entry for entry in error.errors(include_url=False) if not _is_echo(entry)]
    found = _without_misspelt([(find_schema_place(model, entry["loc"]), entry) for entry in entries])
    # Raised outside the handler: pydantic's own error quotes the whole document, secrets and all.
    plain = [_problem(document, place, entry) for place, entry in found if place.union is None]
    raise ConfigError(
        [*plain, *_union_problems(document, [one for one in found if one[0].union is not None])]
    )


def _is_echo(entry: ErrorDetails) -> bool:
    # Pydantic doesn't count an item that is wrong, and then also finds the list too short.
    return entry["type"] == "too_short" and len(entry["input"]) >= entry["ctx"]["min_length"]


def _without_misspelt(found: list[_Found]) -> list[_Found]:
    """All but the keys that are missing because they are misspelt: one mistake is one problem."""
    meant = {
        (*place.location[:-1], nearest(str(place.location[-1]), tuple(_field_by_key(place))))
        for place, entry in found
        if entry["type"] == "extra_forbidden"
    }
    return [
        (place, entry) for place, entry in found if entry["type"] != "missing" or place.location not in meant
    ]


def _union_problems(document: Document, found: list[_Found]) -> Iterable[ConfigProblem]:
    """Make one problem of what the members of a union say, unless one of them got further into the document."""
    for union, group in groupby(found, key=lambda one: one[0].union or ()):
        entries = list(group)
        deeper = [one for one in entries if one[0].location != union]
        if deeper:
            yield from (_problem(document, place, entry) for place, entry in deeper)
            continue
        wanted = dict.fromkeys(_wanted(place, entry) for place, entry in entries)
        if None in wanted:
            yield from (_problem(document, place, entry) for place, entry in entries)
            continue
        value = shown(entries[0][1]["input"])
        message = f"must be {' or '.join(str(words) for words in wanted)}, is {value}"
        yield _at(document, union, message, kind=kinds.WRONG_TYPE)


def _wanted(place: SchemaPlace, entry: ErrorDetails) -> str | None:
    if entry["type"] in ("literal_error", "enum"):
        return " or ".join(in_quotes(word) for word in _allowed_words(place.schema))
    return WANTED_BY_ERROR.get(entry["type"])


def _problem(document: Document, place: SchemaPlace, entry: ErrorDetails) -> ConfigProblem:
    location = place.location
    match entry["type"]:
        case "missing":
            return _missing_key(document, place)
        case "extra_forbidden":
            return _unknown_key(document, place)
        case "union_tag_not_found":
            return _missing_tag(document, place, entry)
        case "union_tag_invalid":
            return _unknown_tag(document, place, entry)
        case "literal_error" | "enum":
            return _unknown_word(document, location, entry["input"], allowed=_allowed_words(place.schema))
        case _:
            location, message = _own_place(document, location, entry) or (location, "")
            message = message or _no_secret_name(location, entry["input"])
            message = message or requirement(entry, is_key=entry["loc"][-1:] == ("[key]",))
            if entry["type"] in ("model_type", "model_attributes_type"):
                message += _advice(place.model, location, entry["input"])
            is_twice = isinstance(entry.get("ctx", {}).get("error"), TwiceError)
            kind = kinds.ID_TWICE if is_twice else kind_of(entry["type"])
            return _at(document, location, message, kind=kind)


def _no_secret_name(location: Location, value: object) -> str:
    """What is said of a text that names no secret. It may be the secret itself."""
    if location[-1:] != ("secret",) or not isinstance(value, str):
        return ""
    return f"must be a secret's name, of a-z, 0-9 and _, is a text of {len(value)} characters"


def _own_place(document: Document, location: Location, entry: ErrorDetails) -> tuple[Location, str] | None:
    """Where a model of ours says that its error is, with its words for that place."""
    error = entry.get("ctx", {}).get("error")
    if not isinstance(error, TwiceError):
        return None
    beside = document.position((*location, *error.beside))
    return (*location, *error.at), error.message(f"line {beside.line}")


def _advice(model: type[BaseModel] | None, location: Location, value: object) -> str:
    """How to write a mapping with the one key that the value is right for."""
    is_under_key = bool(location) and isinstance(location[-1], str)
    for name in model.model_fields if model is not None and is_under_key else ():
        try:
            model.model_validate({name: value})  # type: ignore[union-attr]
        except ValidationError:
            continue
        return f"; write {location[-1]}: {{{name}: {shown(value)}}}"
    return ""


def _missing_key(document: Document, place: SchemaPlace) -> ConfigProblem:
    around, name = place.location[:-1], str(place.location[-1])
    field = _field_by_key(place).get(name)
    # A description is Markdown, which the documentation and editors show.
    purpose = f": {field.description.replace('`', '')}" if field is not None and field.description else ""
    return _at(document, around, f"'{name}' is missing{purpose}", kind=kinds.MISSING_KEY)


def _unknown_key(document: Document, place: SchemaPlace) -> ConfigProblem:
    name = str(place.location[-1])
    allowed = tuple(_field_by_key(place))
    message = f"'{name}' is not a known key"
    return _at(
        document,
        place.location,
        message,
        kind=kinds.UNKNOWN_KEY,
        allowed=allowed,
        suggestion=nearest(name, allowed),
    )


def _field_by_key(place: SchemaPlace) -> Mapping[str, FieldInfo]:
    """Return the fields of the model around `place` by what they are called in YAML."""
    fields = place.around.model_fields if place.around else {}
    return {
        field.validation_alias if isinstance(field.validation_alias, str) else name: field
        for name, field in fields.items()
    }


def _missing_tag(document: Document, place: SchemaPlace, entry: ErrorDetails) -> ConfigProblem:
    if not isinstance(entry["input"], dict):
        return _at(
            document,
            place.location,
            f"must be a mapping (key: value), is {shown(entry['input'])}",
            kind=kinds.WRONG_TYPE,
        )
    message = f"{entry.get('ctx', {}).get('discriminator', 'the type')} is missing"
    return _at(
        document, place.location, message, kind=kinds.MISSING_KEY, allowed=_allowed_words(place.schema)
    )


def _unknown_tag(document: Document, place: SchemaPlace, entry: ErrorDetails) -> ConfigProblem:
    context = entry.get("ctx", {})
    key = str(context.get("discriminator", "")).strip("'")
    location = (*place.location, key) if (*place.location, key) in document.positions else place.location
    return _unknown_word(document, location, context.get("tag"), allowed=_allowed_words(place.schema))


def _unknown_word(
    document: Document, location: Location, value: object, *, allowed: tuple[str, ...]
) -> ConfigProblem:
    suggestion = nearest(value, allowed) if isinstance(value, str) else None
    message = f"{shown(value)} is not allowed"
    return _at(document, location, message, kind=kinds.UNKNOWN_WORD, allowed=allowed, suggestion=suggestion)


def _allowed_words(schema: CoreSchema | None) -> tuple[str, ...]:
    """Return the words that a literal, an enumeration or a discriminator may be."""
    if schema is None:
        return ()
    words = schema.get("expected") or schema.get("members") or schema.get("choices") or ()
    return tuple(str(getattr(word, "value", word)) for word in words)


def _at(
    document: Document,
    location: Location,
    message: str,
    *,
    kind: Kind,
    allowed: tuple[str, ...] = (),
    suggestion: str | None = None,
) -> ConfigProblem:
    at = document.position(location) if kind in ABOUT_KEYS else document.value_position(location)
    return ConfigProblem(
        document.file,
        at.line,
        at.column,
        path_text(location),
        message,
        allowed=allowed,
        suggestion=suggestion,
        kind=kind,
        end_column=document.end_column(location),
    )
