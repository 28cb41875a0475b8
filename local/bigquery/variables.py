"""Variables of a script: which there are at a place, and which values they take."""

from __future__ import annotations

import re
from typing import Any

from local.bigquery.googlesql.types import GoogleType
from local.bigquery.problem import ApiError
from local.bigquery.translate.literals import quoted, spelled, storable
from local.bigquery.translate.translator import Variable

# https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules#coercion
_WIDER = {"INT64": ("NUMERIC", "FLOAT64"), "NUMERIC": ("FLOAT64",)}
# A literal coerces to more.
_OF_LITERALS = {"STRING": ("DATE", "DATETIME", "TIME", "TIMESTAMP"), "FLOAT64": ("NUMERIC",)}
_LITERAL = re.compile(r"""\s*SELECT\s+([rR]?'[^']*'|[rR]?"[^"]*"|[-+]?[0-9.]+([eE][-+]?[0-9]+)?)\s*""")


class Scope:
    """The variables of a block, in front of those of the blocks around it."""

    def __init__(self, around: Scope | None = None) -> None:
        self._around = around
        self._own: dict[str, Variable] = {}

    def declare(self, name: str, value: Variable) -> None:
        """A variable of this block. Raises ApiError for a name that is taken."""
        if name in self.variables():
            raise _wrong(f"Variable '{name}' redeclaration")
        self._own[name] = value

    def find(self, name: str) -> Variable:
        """The variable. Raises ApiError."""
        found = self.variables().get(name)
        if found is None:
            raise _wrong(f"Undeclared variable: {name}")
        return found

    def assign(self, name: str, value: Variable) -> None:
        """Give a variable that is there another value."""
        if name in self._own or self._around is None:
            self._own[name] = value
        else:
            self._around.assign(name, value)

    def variables(self) -> dict[str, Variable]:
        """All that can be seen in the block."""
        return {**(self._around.variables() if self._around else {}), **self._own}


def assigned(kind: GoogleType, given: GoogleType, value: Any, *, sql: str = "") -> Variable:
    """A variable of a type with a value as DuckDB gave it, of the type `given` and of the query `sql`.

    Raises ApiError unless the value can be one of the variable's type.
    """
    # Names of fields do not matter.
    is_empty, is_alike = value is None or value == [], given.duckdb == kind.duckdb
    of_literal = _OF_LITERALS.get(given.kind, ()) if _LITERAL.fullmatch(sql) else ()
    if not is_empty and not is_alike and kind.kind not in (*_WIDER.get(given.kind, ()), *of_literal):
        message = f"Cannot coerce a value of type {given.sql} to the type {kind.sql} of the variable"
        raise _wrong(message)
    spelling = "NULL" if value is None else spelled(given, _python(given, value))
    return Variable(kind, f"CAST({spelling} AS {storable(kind)})")


def _python(kind: GoogleType, value: Any) -> Any:
    """As `literals.spelled` takes it."""
    if value is None:
        return None
    if kind.element is not None:
        return [_python(kind.element, one) for one in value]
    if kind.is_struct:
        return tuple(
            _python(one, value[kind.field_name(place)]) for place, (_name, one) in enumerate(kind.fields)
        )
    if kind.bound is not None:
        return tuple(_python(kind.bound, value[end]) for end in ("range_start", "range_end"))
    if kind.kind == "INTERVAL":
        return f"CAST({quoted(value)} AS INTERVAL)"
    return value if kind.kind in ("INT64", "FLOAT64", "BOOL", "STRING", "BYTES", "NUMERIC") else str(value)


def _wrong(message: str) -> ApiError:
    return ApiError("invalidQuery", message, location="query")
