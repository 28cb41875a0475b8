"""What may stand in the settings of a REST source, as shapes, and the walk that finds what doesn't fit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from pydantic import JsonValue

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.requirement import shown
from shared.domain.message import nearest
from shared.sources.rest_api.checks.json_path import json_path_problem

_REFERENCES = ("secret", "parameter")
_TYPE = "type"
_MAPPING = "a mapping (key: value)"


@dataclass(frozen=True)
class Value:
    """One value of these types: `wanted` in words.

    What stands in place of a `secret` one is not shown, and nothing is none, unless it `may_be_empty`.
    """

    wanted: str
    types: tuple[type, ...]
    secret: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True)
class Word:
    """One of some words."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class JsonPath:
    """A place in an answer; `or_null` where leaving the key out would mean another place."""

    or_null: bool = False


@dataclass(frozen=True)
class Anything:
    """What only the API knows, such as a parameter's value."""


@dataclass(frozen=True)
class Keys:
    """A mapping with known keys.

    `refused` has keys that dlt takes and that mean nothing here, and what they do; `apart` keys of which one is enough.
    """

    shape_by_key: Mapping[str, "Shape"]
    required: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    apart: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Named:
    """A mapping with any keys, and one shape of value."""

    value: "Shape"


@dataclass(frozen=True)
class Listed:
    """A list."""

    item: "Shape"


@dataclass(frozen=True)
class Typed:
    """A mapping whose `type` says which other keys it has; without one it is the `unnamed` type.

    `alone` are the types that may stand as one word; `refused` words that are types elsewhere, and what they do.
    """

    keys_by_type: Mapping[str, Keys]
    unnamed: str | None = None
    alone: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TextOr:
    """Text, as the short form of something longer."""

    longer: "Shape"


Shape = Value | Word | JsonPath | Anything | Keys | Named | Listed | Typed | TextOr


def misfits(value: JsonValue, shape: Shape, place: Place) -> Iterator[ConfigProblem]:
    """What in `value`, which stands at `place`, is not as `shape` says."""
    match shape:
        case Anything():
            return
        case Value():
            yield from _of_value(value, shape, place)
        case Word(words):
            if value not in words:
                yield _unknown(value, words, place)
        case JsonPath():
            yield from _of_json_path(value, shape, place)
        case Keys():
            yield from _of_keys(value, shape, place)
        case Named(inner):
            for key, each in _items(value).items():
                yield from misfits(each, inner, place.at(key))
            yield from _unless(isinstance(value, dict), value, _MAPPING, place=place)
        case Listed(item):
            for index, each in enumerate(value if isinstance(value, list) else []):
                yield from misfits(each, item, place.at(index))
            yield from _unless(isinstance(value, list), value, "a list", place=place)
        case Typed():
            yield from _of_typed(value, shape, place)
        case TextOr(longer):
            if not isinstance(value, str):
                yield from misfits(value, longer, place)
        case _:
            assert_never(shape)


def is_reference(value: JsonValue) -> bool:
    """Whether the value stands for a secret or a parameter."""
    return isinstance(value, dict) and any(word in value for word in _REFERENCES)


def _of_value(value: JsonValue, shape: Value, place: Place) -> Iterator[ConfigProblem]:
    # To Python a boolean is a number.
    fits = type(value) in shape.types or is_reference(value)
    if shape.secret and (not fits or (value == "" and not shape.may_be_empty)):
        yield place.problem(kinds.OPEN_SECRET, "must be {secret: name}")
    else:
        yield from _unless(fits, value, shape.wanted, place=place)


def _of_json_path(value: JsonValue, shape: JsonPath, place: Place) -> Iterator[ConfigProblem]:
    fits = isinstance(value, str) or (value is None and shape.or_null)
    yield from _unless(fits, value, "a path into the answer such as data.items", place=place)
    problem = json_path_problem(value) if isinstance(value, str) else None
    if problem is not None:
        yield place.problem(kinds.MEANINGLESS_VALUE, problem)


def _of_keys(value: JsonValue, shape: Keys, place: Place) -> Iterator[ConfigProblem]:
    yield from _unless(isinstance(value, dict), value, _MAPPING, place=place)
    items, known = _items(value), tuple(shape.shape_by_key)
    for key, inner in items.items():
        here = place.at(key)
        if key in shape.shape_by_key:
            yield from misfits(inner, shape.shape_by_key[key], here)
        elif key in shape.refused:
            yield here.problem(kinds.REFUSED_WORD, f"'{key}' {shape.refused[key]}")
        else:
            meant = nearest(key, known)
            yield here.problem(
                kinds.UNKNOWN_KEY, f"'{key}' is not a known key", allowed=known, suggestion=meant
            )
    for key in shape.required if isinstance(value, dict) else ():
        if key not in items:
            yield place.problem(kinds.MISSING_KEY, f"'{key}' is missing")
    for one, other in shape.apart:
        if one in items and other in items:
            yield place.at(other).problem(kinds.EXCLUDING_KEYS, f"'{one}' and '{other}' exclude each other")


def _of_typed(value: JsonValue, shape: Typed, place: Place) -> Iterator[ConfigProblem]:
    items, words = _items(value), tuple(shape.keys_by_type)
    if not isinstance(value, dict) and not (isinstance(value, str) and shape.alone):
        yield place.problem(kinds.WRONG_TYPE, f"must be a mapping with a {_TYPE}", allowed=words)
        return
    name = value if isinstance(value, str) else items.pop(_TYPE, shape.unnamed)
    here = place if isinstance(value, str) else place.at(_TYPE)
    if name is None:
        yield place.problem(kinds.MISSING_KEY, f"'{_TYPE}' is missing", allowed=words)
    elif not isinstance(name, str) or name not in (*words, *shape.refused):
        yield _unknown(name, words, here)
    elif name in shape.refused:
        yield here.problem(kinds.UNKNOWN_WORD, f"'{name}' {shape.refused[name]}", allowed=words)
    elif isinstance(value, dict):
        yield from _of_keys(items, shape.keys_by_type[name], place)
    elif name not in shape.alone:
        yield place.problem(
            kinds.WRONG_TYPE, f"'{name}' needs more than its name; write a mapping with {_TYPE}: {name}"
        )


def _items(value: JsonValue) -> dict[str, JsonValue]:
    return dict(value) if isinstance(value, dict) else {}


def _unless(fits: bool, value: JsonValue, wanted: str, *, place: Place) -> Iterator[ConfigProblem]:
    if not fits:
        yield place.problem(kinds.WRONG_TYPE, f"must be {wanted}, is {shown(value)}")


def _unknown(value: JsonValue, words: tuple[str, ...], place: Place) -> ConfigProblem:
    meant = nearest(value, words) if isinstance(value, str) else None
    return place.problem(
        kinds.UNKNOWN_WORD, f"{shown(value)} is not allowed", allowed=words, suggestion=meant
    )
