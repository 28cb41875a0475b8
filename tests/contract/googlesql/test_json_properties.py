"""JSON as DuckDB reads and writes it, and as Google's evaluator does."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.bigquery.googlesql.types import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    FLOAT64,
    INT64,
    JSON,
    NUMERIC,
    STRING,
    TIME,
    TIMESTAMP,
    GoogleType,
    array_of,
    struct_of,
)
from tests.contract.googlesql.agreement import assert_agreement
from tests.contract.googlesql.conftest import Engine
from tests.contract.googlesql.effort import AS_MANY, telling

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    [
        "a",
        "b",
        "0",
        "1",
        'q"',
        "\\",
        "e-1",
        "1e5",
        "0.00001",
        "2026-11-05",
        "info",
        "nan",
        "{",
        "[1]",
        "null",
        "true",
        "",
        "\u2028",
        "é",
        "𐐀",
    ]
)
# Doubles whose shortest form Google writes; for one in a thousand it writes another digit.
_NUMBERS = (
    st.integers(-(2**63), 2**64 - 1)
    | st.integers(-5, 5)
    | st.sampled_from(
        [0.1, 1.0, -0.5, 1e-7, 0.00001, 0.0001, 1e15, 1e16, 123456789.125, 1e20, 1e21, 1.5e300, -0.0, 5e15]
    )
)
_SCALARS = st.none() | st.booleans() | _NUMBERS | _TEXTS
_NAMES = st.sampled_from(["a", "b", "0", "1", "A", "a b", "é"]) | _TEXTS
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)


def _spelled(value: Any) -> str:
    """As Google's evaluator writes it."""
    if isinstance(value, float) and 1e15 <= abs(value) < 1e16:
        return _scientific(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_spelled(k)}:{_spelled(v)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_spelled(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _scientific(value: float) -> str:
    digits, _, exponent = f"{value:.16e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.')}e{exponent}"


_PATHS = ("$", "$.a", "$.a.b", "$[0]", "$.a[1]", '$."a b"', "$.a[0][1]", "$.b.a", "$.é", "$.0")
EXPRESSIONS = [
    *(f"JSON_VALUE(a0, '{path}')" for path in _PATHS),
    *(f"JSON_QUERY(a0, '{path}')" for path in _PATHS),
    *(f"JSON_QUERY_ARRAY(a0, '{path}')" for path in ("$", "$.a", "$.a.b")),
    *(f"JSON_VALUE_ARRAY(a0, '{path}')" for path in ("$", "$.a", "$.b")),
    "JSON_EXTRACT(a0, \"$.a['b']\")",
    "JSON_EXTRACT_SCALAR(a0, \"$['a']\")",
    "JSON_TYPE(a0)",
    "a0.a",
    "a0.a.b",
    "a0['a']",
    "a0['1']",
    "a0[0]",
    "a0[1]['a']",
    "JSON_TYPE(a0.b)",
    "STRING(a0)",
    "INT64(a0)",
    "FLOAT64(a0)",
    "BOOL(a0)",
    "LAX_INT64(a0)",
    "SAFE.INT64(a0)",
    "SAFE.STRING(a0.a)",
    "SAFE.BOOL(a0)",
    "LAX_FLOAT64(a0)",
    "LAX_BOOL(a0)",
    "LAX_STRING(a0)",
    "LAX_STRING(a0.a)",
    "TO_JSON_STRING(a0)",
    "TO_JSON(a0)",
    "JSON_STRIP_NULLS(a0)",
    "JSON_KEYS(a0)",
]


def _agrees(engine: Engine, expression: str, kind: GoogleType, texts: st.SearchStrategy[str]) -> None:
    @AS_MANY
    @given(telling(st.lists(st.none() | texts, min_size=5, max_size=12)))
    def agrees(rows: list[str | None]) -> None:
        assert_agreement(engine, expression, [kind], [(row,) for row in rows])

    agrees()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_json_is_read_as_google_s_evaluator_reads_it(engine: Engine, expression: str) -> None:
    _agrees(engine, expression, JSON, _VALUES.map(_spelled))


@pytest.mark.parametrize("expression", [one for one in EXPRESSIONS if "a0, '$" in one])
def test_a_text_of_json_is_read_as_google_s_evaluator_reads_it(engine: Engine, expression: str) -> None:
    well_formed = _VALUES.map(lambda value: json.dumps(value, separators=(", ", ": ")))
    broken = st.tuples(well_formed, st.integers(0, 20)).map(lambda pair: pair[0][: pair[1]])

    _agrees(engine, expression, STRING, well_formed | broken | _TEXTS)


_MOMENTS = st.datetimes().flatmap(
    lambda one: st.sampled_from(
        [one, one.replace(microsecond=0), one.replace(microsecond=one.microsecond // 1000 * 1000)]
    )
)
_BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "INT64": st.integers(-(2**63), 2**63 - 1) | st.sampled_from([2**53, 2**53 + 1, -(2**53), -(2**53) - 1]),
    "FLOAT64": st.sampled_from([0.1, 1.0, -0.5, 1e-7, 1e15, 1e16, 1e21, 1.5e300, -0.0, 5e15, 0.1 + 0.2])
    | st.sampled_from([float("nan"), float("inf"), float("-inf")]),
    "NUMERIC": st.decimals(-(10**20), 10**20, places=9, allow_nan=False, allow_infinity=False).filter(
        lambda one: abs(one) > 10**17 or one * 100 % 1 == 0
    )
    | st.integers(-(10**29) + 1, 10**29 - 1).map(Decimal)
    | st.sampled_from(["0.1", "-1.5", "2", "9007199254740993", "-9007199254740992", "0"]).map(Decimal),
    "STRING": _TEXTS,
    "BOOL": st.booleans(),
    "BYTES": st.binary(max_size=5),
    "DATE": st.dates(),
    "DATETIME": _MOMENTS,
    "TIMESTAMP": _MOMENTS.map(lambda one: one.replace(tzinfo=datetime.UTC)),
    "TIME": _MOMENTS.map(lambda one: one.time()),
    "JSON": _VALUES.map(_spelled),
}


def _of(kind: GoogleType, *, nullable: bool = True) -> st.SearchStrategy[Any]:
    if kind.element is not None:
        values: st.SearchStrategy[Any] = st.lists(_of(kind.element), max_size=3)
    elif kind.is_struct:
        values = st.tuples(*(_of(one) for _name, one in kind.fields))
    else:
        values = _BY_KIND[kind.kind]
    return st.none() | values if nullable else values


_ROW = struct_of(
    [
        ("service", struct_of([("id", STRING), ("Name", STRING)])),
        ("cost", NUMERIC),
        ("credits", array_of(struct_of([("name", STRING), ("amount", NUMERIC)]))),
        ("at", TIMESTAMP),
        ("tag", JSON),
        ("", INT64),
        ("it's {", BOOL),
    ]
)
_KINDS = [BOOL, BYTES, DATE, DATETIME, FLOAT64, INT64, JSON, NUMERIC, STRING, TIME, TIMESTAMP]


@pytest.mark.parametrize("function", ["TO_JSON(a0)", "TO_JSON_STRING(a0)", "TO_JSON_STRING(TO_JSON(a0))"])
@pytest.mark.parametrize(
    "kind", [*_KINDS, array_of(STRING), array_of(FLOAT64), _ROW], ids=lambda kind: kind.sql
)
def test_a_value_becomes_json_as_with_google_s_evaluator(
    engine: Engine, function: str, kind: GoogleType
) -> None:
    @AS_MANY
    @given(telling(st.lists(_of(kind), min_size=5, max_size=12)))
    def agrees(rows: list[Any]) -> None:
        assert_agreement(engine, function, [kind], [(row,) for row in rows])

    agrees()


@pytest.mark.parametrize(
    "expression", ["PARSE_JSON(a0)", "SAFE.PARSE_JSON(a0)", "PARSE_JSON(a0, wide_number_mode=>'round')"]
)
def test_a_text_is_parsed_as_google_s_evaluator_parses_it(engine: Engine, expression: str) -> None:
    well_formed = _VALUES.map(lambda value: json.dumps(value, separators=(", ", ": ")))
    broken = st.tuples(well_formed, st.integers(0, 20)).map(lambda pair: pair[0][: pair[1]])
    odd = st.sampled_from(
        [
            " 1 ",
            "-0",
            "1E5",
            "1e15",
            "1.10",
            "18446744073709551616",
            "0.1234567890123456789",
            '{"a":1,"a":2}',
            "1e400",
        ]
    )

    _agrees(engine, expression, STRING, well_formed | broken | odd | _TEXTS)


@pytest.mark.parametrize(
    "expression",
    [
        "JSON_OBJECT('b', a0, 'a', a1, 'b', 1)",
        "JSON_OBJECT()",
        "JSON_OBJECT('it\\'s \"{', a0)",
        "JSON_OBJECT(a0, a1)",
        "JSON_ARRAY(a0, a1, NULL)",
        "JSON_ARRAY()",
        "JSON_OBJECT(['a', a0], [a1, a1])",
    ],
)
def test_json_is_put_together_as_by_google_s_evaluator(engine: Engine, expression: str) -> None:
    @AS_MANY
    @given(telling(st.lists(st.tuples(_of(STRING), _of(JSON)), min_size=5, max_size=12)))
    def agrees(rows: list[Any]) -> None:
        assert_agreement(engine, expression, [STRING, JSON], rows)

    agrees()
