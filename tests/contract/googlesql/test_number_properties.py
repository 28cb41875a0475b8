"""Operators, casts and numbers as DuckDB computes them, and as Google's evaluator does."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.bigquery.googlesql.types import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    FLOAT64,
    INT64,
    NUMERIC,
    STRING,
    TIME,
    TIMESTAMP,
    GoogleType,
    array_of,
)
from tests.contract.googlesql.agreement import assert_agreement
from tests.contract.googlesql.conftest import Engine
from tests.contract.googlesql.effort import AS_MANY, EFFORT, telling
from tests.contract.googlesql.numbers import BY_KIND

_TYPES = {
    one.kind: one for one in (BOOL, BYTES, DATE, DATETIME, FLOAT64, INT64, NUMERIC, STRING, TIME, TIMESTAMP)
}
_NUMBERS = ("INT64", "FLOAT64", "NUMERIC")
_MOMENTS = ("DATE", "DATETIME", "TIMESTAMP")
_COMPARED = (*_NUMBERS, "STRING", "BYTES", "BOOL", "DATE", "TIMESTAMP", "DATETIME", "TIME")
_CASTS = {
    "INT64": ("FLOAT64", "NUMERIC", "STRING", "BOOL"),
    "FLOAT64": ("INT64", "NUMERIC", "STRING"),
    "NUMERIC": ("INT64", "FLOAT64", "STRING"),
    "BOOL": ("INT64", "STRING"),
    "STRING": ("INT64", "FLOAT64", "NUMERIC", "BOOL", "BYTES", "DATE", "DATETIME", "TIMESTAMP", "TIME"),
    "BYTES": ("STRING",),
    "DATE": ("STRING", "DATETIME", "TIMESTAMP"),
    "DATETIME": ("STRING", "DATE", "TIME", "TIMESTAMP"),
    "TIMESTAMP": ("STRING", "DATE", "TIME", "DATETIME"),
    "TIME": ("STRING",),
}
_ROUNDED = [f"{function}(a0, {digits})" for function in ("ROUND", "TRUNC") for digits in (0, 1, 2, 9, 12, -1)]

EXPRESSIONS: list[tuple[str, tuple[str, ...]]] = [
    *((f"a0 {operator} a1", (kind, kind)) for operator in ("=", "<>", "<", "<=", ">", ">=") for kind in _COMPARED),
    *((f"{function}(a0, a1)", (kind, kind)) for function in ("NULLIF", "GREATEST", "LEAST") for kind in _COMPARED),
    *(("a0 IN (a1, a1)", (kind, kind)) for kind in _COMPARED),
    *(("a0 IN UNNEST([a1, a1])", (kind, kind)) for kind in _COMPARED),
    *(("CASE a0 WHEN a1 THEN 1 ELSE 2 END", (kind, kind)) for kind in _COMPARED),
    *(("(a0, 1) = (a1, 1)", (kind, kind)) for kind in _COMPARED),
    *(("a0 BETWEEN a1 AND a0", (kind, kind)) for kind in _COMPARED),
    *((f"a0 {operator} 1.5", (kind,)) for operator in ("=", "<", "<=", ">") for kind in _NUMBERS),
    *((f"a0 {operator} a1", (kind, kind)) for operator in "+-*/" for kind in _NUMBERS),
    *((f"a0 {operator} a1", ("NUMERIC", "INT64")) for operator in "+-*/"),
    *((f"SAFE_{name}(a0, a1)", (k, k)) for name in ("ADD", "SUBTRACT", "MULTIPLY", "DIVIDE") for k in _NUMBERS),
    *((f"{name}(a0)", (kind,)) for name in ("-", "SAFE_NEGATE", "ABS", "SIGN") for kind in _NUMBERS),
    *((f"{name}(a0)", (kind,)) for name in ("ROUND", "TRUNC", "CEIL", "FLOOR") for kind in ("FLOAT64", "NUMERIC")),
    *((expression, (kind,)) for expression in _ROUNDED for kind in ("FLOAT64", "NUMERIC")),
    *((expression, (kind,)) for expression in ("a0 * 2", "a0 / 2", "a0 * 0.5", "a0 / 0.1") for kind in _NUMBERS),
    *((f"{name}(a0, a1)", (kind, kind)) for name in ("MOD", "DIV") for kind in ("INT64", "NUMERIC")),
    *((f"a0 {operator} a1", ("INT64", "INT64")) for operator in ("&", "|", "^", "<<", ">>")),
    *((f"[1, NULL, 3][{place}(a0)]", ("INT64",)) for place in ("OFFSET", "ORDINAL", "SAFE_OFFSET", "SAFE_ORDINAL")),
    *((f"a0 {operator} a1", ("BOOL", "BOOL")) for operator in ("AND", "OR")),
    ("IF(a0, a1, 2)", ("BOOL", "INT64")),
    ("IEEE_DIVIDE(a0, a1)", ("FLOAT64", "FLOAT64")),
    ("SQRT(a0)", ("FLOAT64",)),
    ("a0 + a1", ("DATE", "INT64")),
    ("a0 - a1", ("DATE", "INT64")),
    *((f"a0 {sign} INTERVAL a1 DAY", (kind, "INT64")) for sign in "+-" for kind in _MOMENTS),
    # No INTERVAL here holds more than 292 years in hours.
    *((f"a0 {sign} INTERVAL MOD(a1, 2000000) HOUR", (kind, "INT64")) for sign in "+-" for kind in _MOMENTS),
    *(("CAST(a0 - a1 AS STRING)", (kind, kind)) for kind in ("DATE", "DATETIME")),
    ("a0 || a1", ("STRING", "STRING")),
    ("a0 LIKE a1", ("STRING", "STRING")),
    (r"a0 LIKE '%\\%_'", ("STRING",)),
]  # fmt: skip


def _rows(kinds: tuple[str, ...]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(st.tuples(*(st.none() | BY_KIND[kind] for kind in kinds)), min_size=1, max_size=15)


def _check(engine: Engine, expression: str, kinds: tuple[str, ...]) -> None:
    @AS_MANY
    @given(telling(_rows(kinds)))
    def agree(rows: list[tuple[Any, ...]]) -> None:
        assert_agreement(engine, expression, [_TYPES[kind] for kind in kinds], rows)

    agree()


@pytest.mark.parametrize(("expression", "kinds"), EXPRESSIONS)
def test_an_expression_has_google_s_value(engine: Engine, expression: str, kinds: tuple[str, ...]) -> None:
    _check(engine, expression, kinds)


@pytest.mark.parametrize("word", ["CAST", "SAFE_CAST"])
@pytest.mark.parametrize(
    ("source", "target"), [(one, other) for one, others in _CASTS.items() for other in others]
)
def test_a_cast_has_google_s_value(engine: Engine, word: str, source: str, target: str) -> None:
    _check(engine, f"{word}(a0 AS {target})", (source,))


_AGGREGATES = {
    "INT64": "COUNT SUM MIN MAX BIT_AND BIT_OR BIT_XOR",
    "FLOAT64": "COUNT MIN MAX",
    "NUMERIC": "COUNT SUM MIN MAX",
    "STRING": "COUNT MIN MAX STRING_AGG",
    "BYTES": "COUNT MIN MAX STRING_AGG",
    "BOOL": "COUNT COUNTIF LOGICAL_AND LOGICAL_OR MIN MAX",
    "TIMESTAMP": "MIN MAX",
}


@pytest.mark.parametrize(
    ("kind", "function"), [(kind, one) for kind, names in _AGGREGATES.items() for one in names.split()]
)
def test_an_aggregate_has_google_s_value(engine: Engine, kind: str, function: str) -> None:
    many: GoogleType = array_of(_TYPES[kind])
    values = st.none() | BY_KIND[kind]

    @AS_MANY
    @given(telling(st.lists(st.tuples(st.none() | st.lists(values, max_size=6)), min_size=1, max_size=8)))
    def agree(rows: list[tuple[Any, ...]]) -> None:
        assert_agreement(engine, f"(SELECT {function}(x) FROM UNNEST(a0) AS x)", [many], rows)

    agree()


@settings(max_examples=10 * EFFORT, deadline=None, database=None)
@given(st.lists(st.tuples(BY_KIND["FLOAT64"].filter(lambda one: abs(one) < 1e100)), min_size=1, max_size=9))
def test_an_average_and_a_variance_are_exact_but_for_the_last_digits(
    engine: Engine, rows: list[tuple[float]]
) -> None:
    values = ", ".join(f"CAST('{one!r}' AS FLOAT64)" for (one,) in rows)

    found = engine.rows(f"SELECT AVG(x), VAR_POP(x) FROM UNNEST([{values}]) AS x")

    exact = [Decimal(one) for (one,) in rows]
    with localcontext(prec=400):
        mean = sum(exact, Decimal()) / len(exact)
        variance = sum(((one - mean) ** 2 for one in exact), Decimal()) / len(exact)
    scale = max(abs(one) for (one,) in rows)
    assert found[0][0] == pytest.approx(float(mean), rel=1e-14, abs=scale * 1e-15)
    assert found[0][1] == pytest.approx(float(variance), rel=1e-12, abs=scale * scale * 1e-15)
