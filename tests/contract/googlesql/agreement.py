"""Whether the stand-in and Google's own evaluator say the same of an expression."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import duckdb

from local.bigquery.googlesql.evaluator import MARK, Evaluator
from local.bigquery.googlesql.library import Library
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.translate.evaluated import Evaluated
from local.bigquery.translate.failures import failure

if TYPE_CHECKING:
    from tests.contract.googlesql.conftest import Engine

Rows = list[tuple[Any, ...]]
_VARIABLE = re.compile(r"\ba(\d)\b")


class Oracle:
    """Google's evaluator, asked for whole expressions over a0, a1, …."""

    def __init__(self, library: Library) -> None:
        self._evaluator = Evaluator(library, duckdb.connect())

    def answers(self, expression: str, kinds: list[GoogleType], type: GoogleType, rows: Rows) -> list[Any]:
        """For each row the value, or the message of the error."""
        spelled = _VARIABLE.sub(r"@a\1", expression)
        one = Evaluated(f"oracle/{spelled}/{kinds}", spelled, tuple(kinds), type, ())
        try:
            return self._values(one, rows)
        except ValueError:
            return [self._answer(one, row) for row in rows]

    def _values(self, one: Evaluated, rows: Rows) -> list[Any]:
        columns = [[_input(kind, row[at]) for row in rows] for at, kind in enumerate(one.types)]
        return [plain(value) for value in self._evaluator.values(one, columns).to_pylist()]

    def _answer(self, one: Evaluated, row: tuple[Any, ...]) -> Any:
        try:
            return self._values(one, [row])[0]
        except ValueError as error:
            return f"ERROR {str(error).strip(MARK)}"


def answers(
    engine: Engine, expression: str, kinds: list[GoogleType], rows: Rows
) -> tuple[GoogleType, list[Any]]:
    """The expression's type, and for each row the stand-in's value, or the message of the error."""

    def run(some: Rows) -> tuple[GoogleType, list[Any]]:
        columns = [[_input(kind, row[at]) for row in some] for at, kind in enumerate(kinds)]
        type, found = engine.column(expression, kinds, columns)
        return type, [plain(value) for value in found]

    try:
        return run(rows)
    except duckdb.Error:
        type, _none = run([])
        return type, [_one(run, row) for row in rows]


def assert_agreement(engine: Engine, expression: str, kinds: list[GoogleType], rows: Rows) -> None:
    """Fail where the two differ, with the rows that they differ in."""
    type, ours = answers(engine, expression, kinds, rows)
    googles = engine.oracle.answers(expression, kinds, type, rows)
    differences = [
        f"{row}: {one!r}, Google: {other!r}"
        for row, one, other in zip(rows, ours, googles, strict=True)
        if repr(one) != repr(other)
    ]
    assert not differences, "\n".join([expression, *differences[:20]])


def _one(run: Any, row: tuple[Any, ...]) -> Any:
    try:
        return run([row])[1][0]
    except duckdb.Error as error:
        return f"ERROR {failure(error).message}"


def _input(kind: GoogleType, value: Any) -> Any:
    if kind.element is not None and value is not None:
        return [_input(kind.element, one) for one in value]
    if kind.is_struct and value is not None:
        return {f"_{at}": _input(one, value[at - 1]) for at, (_name, one) in enumerate(kind.fields, 1)}
    return value


def plain(value: Any) -> Any:
    """The value in one form for both sides."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if hasattr(value, "tzinfo") and getattr(value, "tzinfo", None) is not None:
        return f"{value.replace(tzinfo=None).isoformat()}Z"
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    return value
