"""What a JSON text says that readers understand in two ways: a name twice in an object, and numbers that are none.

RFC 8259 leaves the first to the reader (section 4) and has no such numbers (section 6).
"""

import json
from collections.abc import Iterator

from shared.domain.errors import FieldProblem, json_pointer

_Location = tuple[str | int, ...]


class _Object(list[tuple[str, object]]):
    """An object's names and values, as often as they are there."""


class _NoNumber(str):
    """`NaN`, `Infinity` or `-Infinity`."""

    __slots__ = ()


def ambiguities(raw: bytes | str) -> Iterator[FieldProblem]:
    """Each of them, with a pointer to it. The text is JSON for a reader that lets them pass, and not nested deeply."""
    # Numbers stay text: how many digits they have is no business of this.
    value = json.loads(
        raw, object_pairs_hook=_Object, parse_constant=_NoNumber, parse_int=str, parse_float=str
    )
    return _found(value, ())


def _found(value: object, location: _Location) -> Iterator[FieldProblem]:
    if isinstance(value, _NoNumber):
        yield FieldProblem(json_pointer(*location), f"{value} is not a number in JSON")
    elif isinstance(value, _Object):
        names: set[str] = set()
        for name, inner in value:
            if name in names:
                yield FieldProblem(json_pointer(*location, name), "is here twice; say it once")
            names.add(name)
            yield from _found(inner, (*location, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _found(inner, (*location, index))
