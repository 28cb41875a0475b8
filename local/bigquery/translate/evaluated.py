"""Calls that Google's own evaluator carries out, because DuckDB has no function that gives exactly its values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import chain, repeat

from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.call import Call
from local.bigquery.translate.limits import refused
from local.bigquery.translate.literals import storable

# DuckDB's COALESCE reads text that Arrow brought after Arrow took it away: a copy is DuckDB's own.
_COPIED = {"STRING": "''", "JSON": "''", "BYTES": "''::BLOB"}


@dataclass(frozen=True)
class Evaluated:
    """An expression for Google's evaluator over the parameters `a0`, `a1`, …, and its name in DuckDB.

    Those at the places in `constants` are the same for all rows, as the path of a JSON_VALUE has to be.
    """

    name: str
    expression: str
    types: tuple[GoogleType, ...]
    type: GoogleType
    arguments: tuple[str, ...]
    constants: frozenset[int] = frozenset()

    @property
    def returned(self) -> str:
        """The DuckDB type that the function returns: JSON as text, which is how Arrow has it."""
        return self.type.duckdb.replace("JSON", "VARCHAR")

    @property
    def sql(self) -> str:
        """The call, of the type's own DuckDB type."""
        call = f"{self.name}({', '.join(self.arguments)})"
        if self.type.kind in _COPIED:
            call = f"({call} || {_COPIED[self.type.kind]})"
        return call if self.returned == self.type.duckdb else f"CAST({call} AS {self.type.duckdb})"


def evaluated(call: Call) -> Evaluated:
    """The call as an expression of its own. Raises ApiError for an operator that has no spelling here."""
    places = [place for place, kind in enumerate(call.types) if kind.kind != "ENUM"]
    spelled = [
        call[place] if place not in places else f"@a{places.index(place)}" for place in range(len(call))
    ]
    types = tuple(call.types[place] for place in places)
    for kind in (*types, call.type):
        storable(kind)
    expression = _spell(call, spelled)
    constants = frozenset(at for at, place in enumerate(places) if call.is_constant(place))
    shape = f"{expression}/{'/'.join(kind.sql for kind in types)}/{call.type.sql}/{sorted(constants)}"
    digest = hashlib.sha256(shape.encode()).hexdigest()[:24]
    return Evaluated(
        name=f"google_{digest}",
        expression=expression,
        types=types,
        type=call.type,
        arguments=tuple(call[place] for place in places),
        constants=constants,
    )


def _spell(call: Call, arguments: list[str]) -> str:
    safe = "SAFE." if call.safe else ""
    if call.name == "$cast":
        word = "SAFE_CAST" if call.safe else "CAST"
        form = f" FORMAT {arguments[1]}" if len(arguments) > 1 else ""
        zone = f" AT TIME ZONE {arguments[2]}" if len(arguments) > 2 else ""
        return f"{word}({arguments[0]} AS {call.type.sql}{form}{zone})"
    if call.name == "$json_field":
        return arguments[0] + "".join(f"[{one}]" for one in arguments[1:])
    if call.name in _SPELLING:
        return _SPELLING[call.name].format(*arguments)
    if call.name.startswith("$extract"):
        part = (
            arguments[1]
            if len(arguments) > 1 and call.kind(1) == "ENUM"
            else call.name.removeprefix("$extract_").upper()
        )
        rest = arguments[2:] if len(arguments) > 1 and call.kind(1) == "ENUM" else arguments[1:]
        zone = f" AT TIME ZONE {rest[0]}" if rest else ""
        return f"EXTRACT({part} FROM {arguments[0]}{zone})"
    if call.name.startswith("$"):
        raise refused(f"the operator {call.name.removeprefix('$')} for these types")
    if call.name in _WITH_INTERVAL and call.kind(len(call) - 1) == "ENUM":
        *first, amount, part = arguments
        arguments = [*first, f"INTERVAL {amount} {part}"]
    if call.name == "round" and len(arguments) > 2:
        arguments = [*arguments[:2], f"'{arguments[2]}'"]
    named = [
        f"{name} => {argument}" if name else argument
        for name, argument in zip(chain(call.names, repeat("")), arguments, strict=False)
    ]
    return f"{safe}{call.name.upper()}({', '.join(named)})"


# What takes the number and the part of an interval as two arguments.
_WITH_INTERVAL = frozenset(
    [f"{kind}_{word}" for kind in ("date", "datetime", "timestamp", "time") for word in ("add", "sub")]
    + [f"generate_{kind}_array" for kind in ("date", "datetime", "timestamp")]
)
_SPELLING = {
    "$add": "({0} + {1})",
    "$subtract": "({0} - {1})",
    "$multiply": "({0} * {1})",
    "$divide": "({0} / {1})",
    "$unary_minus": "(-{0})",
    "$like": "({0} LIKE {1})",
    "$concat_op": "({0} || {1})",
    "$bitwise_and": "({0} & {1})",
    "$bitwise_or": "({0} | {1})",
    "$bitwise_xor": "({0} ^ {1})",
    "$bitwise_not": "(~{0})",
    "$bitwise_left_shift": "({0} << {1})",
    "$bitwise_right_shift": "({0} >> {1})",
    "$interval": "INTERVAL {0} {1}",
    "$subscript": "{0}[{1}]",
    "$array_at_offset": "{0}[OFFSET({1})]",
    "$array_at_ordinal": "{0}[ORDINAL({1})]",
    "$in_array": "({0} IN UNNEST({1}))",
}
