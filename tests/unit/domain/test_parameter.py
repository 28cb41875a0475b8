"""Parameters: what a run is given becomes, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, TypeAdapter

from shared.domain.errors import FieldProblem, InvalidError
from shared.domain.parameter import Parameter, resolve_parameters

TODAY = date(2025, 11, 15)
PARAMETER: TypeAdapter[Parameter] = TypeAdapter(Parameter)


def resolved(kind: str, value: JsonValue, *, today: date = TODAY, **settings: object) -> str:
    """The canonical text that a value of a parameter of that kind becomes."""
    return resolved_as({"type": kind, **settings}, value, today=today)


def resolved_as(declared_as: dict[str, object], value: JsonValue, *, today: date = TODAY) -> str:
    declared = {"x": PARAMETER.validate_python(declared_as)}
    return resolve_parameters(declared, {"x": value}, today=today)[0].text


def refused(kind: str, value: JsonValue, **settings: object) -> str:
    with pytest.raises(InvalidError) as caught:
        resolved_as({"type": kind, **settings}, value)
    (problem,) = caught.value.problems
    assert problem.pointer == "/parameters/x"
    return problem.detail


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("string", "", ""),
        ("string", "é 'quoted'", "é 'quoted'"),
        ("integer", 7, "7"),
        ("integer", "-7", "-7"),
        ("integer", 2**63 - 1, "9223372036854775807"),
        ("integer", -(2**63), "-9223372036854775808"),
        ("number", 7, "7"),
        ("number", 0.1, "0.1"),
        ("number", "1.50", "1.5"),
        ("number", "-0", "0"),
        ("number", "1e3", "1000"),
        ("number", 1e-9, "0.000000001"),
        ("number", "79228162514264337593543950335", "79228162514264337593543950335"),
        ("number", "0.0000000010000", "0.000000001"),
        ("boolean", True, "true"),
        ("boolean", "false", "false"),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "today", "2025-11-15"),
        ("date", "yesterday", "2025-11-14"),
        ("date_range", "2025-11-01/2025-11-07", "2025-11-01/2025-11-07"),
        ("date_range", "2025-11-01/2025-11-01", "2025-11-01/2025-11-01"),
    ],
)
def test_a_value_has_one_canonical_text(kind: str, value: JsonValue, text: str) -> None:
    assert resolved(kind, value) == text


@pytest.mark.parametrize(
    ("kind", "value", "detail"),
    [
        ("string", 7, "must be a string"),
        ("string", "x" * 1001, "must be at most 1000 characters long"),
        ("integer", True, "must be a whole number"),
        ("integer", 7.0, "must be a whole number"),
        ("integer", "7.0", "must be a whole number"),
        ("integer", "٧", "must be a whole number"),
        ("integer", 2**63, "must lie between -9223372036854775808 and 9223372036854775807"),
        ("integer", -(2**63) - 1, "must lie between -9223372036854775808 and 9223372036854775807"),
        ("integer", "9" * 19, "must lie between -9223372036854775808 and 9223372036854775807"),
        ("integer", "9" * 5000, "must be a whole number"),
        ("number", True, "must be a number"),
        ("number", "NaN", "must be a number"),
        ("number", "Infinity", "must be a number"),
        ("number", "1_000", "must be a number"),
        ("number", " 1", "must be a number"),
        ("number", "1e29", "must have at most 29 digits before the point"),
        ("number", "-" + "9" * 30, "must have at most 29 digits before the point"),
        ("number", "1e999999999", "must be a number"),
        ("number", "0e-999999999", "must be a number"),
        ("number", [1], "must be a number"),
        ("number", "0.0000000001", "must have at most 9 decimals"),
        ("boolean", 1, "must be true or false"),
        ("boolean", "True", "must be true or false"),
        ("date", "2025-02-29", "must be a date such as 2025-11-01, or 'today' or 'yesterday'"),
        ("date", "20251101", "must be a date such as 2025-11-01, or 'today' or 'yesterday'"),
        ("date", "1699920000", "must be a date such as 2025-11-01, or 'today' or 'yesterday'"),
        ("date", "2025-11-01T00:00:00", "must be a date such as 2025-11-01, or 'today' or 'yesterday'"),
        ("date", 20251101, "must be a date such as 2025-11-01, or 'today' or 'yesterday'"),
        ("date_range", "2025-11-07/2025-11-01", "ends on 2025-11-01, before it starts on 2025-11-07"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, value: JsonValue, detail: str) -> None:
    assert refused(kind, value) == detail


@pytest.mark.parametrize(
    "value", ["tomorrow", "2025-11-01", "2025-11-01/", "2025-11-01/2025-11-31", "", 7, None, []]
)
def test_other_words_are_no_date_range(value: JsonValue) -> None:
    detail = refused("date_range", value)

    allowed = "yesterday, last_7_days, last_30_days, this_month, last_month"
    assert detail in {
        "is missing; this pipeline has no default for it",
        f"must be one of {allowed}, or two dates such as 2025-11-01/2025-11-07",
    }


def test_bounds_and_words_of_the_declaration_hold() -> None:
    assert refused("integer", 0, minimum=1) == "must be at least 1"
    assert refused("integer", 9, maximum=8) == "must be at most 8"
    assert refused("enum", "c", values=["a", "b"]) == "must be one of a, b"
    assert resolved("enum", "b", values=["a", "b"]) == "b"


@pytest.mark.parametrize(
    ("today", "word", "text"),
    [
        ("2025-11-15", "yesterday", "2025-11-14/2025-11-14"),
        ("2025-11-15", "last_7_days", "2025-11-08/2025-11-14"),
        ("2025-11-15", "last_30_days", "2025-10-16/2025-11-14"),
        ("2025-11-15", "this_month", "2025-11-01/2025-11-15"),
        ("2025-11-15", "last_month", "2025-10-01/2025-10-31"),
        ("2025-11-01", "this_month", "2025-11-01/2025-11-01"),
        ("2026-01-01", "yesterday", "2025-12-31/2025-12-31"),
        ("2026-01-01", "last_7_days", "2025-12-25/2025-12-31"),
        ("2026-01-01", "last_month", "2025-12-01/2025-12-31"),
        ("2024-03-01", "yesterday", "2024-02-29/2024-02-29"),
        ("2024-03-31", "last_month", "2024-02-01/2024-02-29"),
        ("2025-03-31", "last_month", "2025-02-01/2025-02-28"),
        ("2024-02-29", "this_month", "2024-02-01/2024-02-29"),
    ],
)
def test_words_for_ranges_are_resolved_by_the_day_of_acceptance(today: str, word: str, text: str) -> None:
    assert resolved("date_range", word, today=date.fromisoformat(today)) == text


def test_a_default_counts_where_nothing_or_null_is_given() -> None:
    assert resolved("integer", None, default=5) == "5"
    assert resolved("boolean", None, default=False) == "false"
    assert refused("integer", None) == "is missing; this pipeline has no default for it"


def test_all_problems_are_named_at_once() -> None:
    declared = {
        "days": PARAMETER.validate_python({"type": "date_range"}),
        "limit": PARAMETER.validate_python({"type": "integer", "minimum": 1}),
    }

    with pytest.raises(InvalidError) as caught:
        resolve_parameters(declared, {"limit": 0, "speed": 9}, today=TODAY)

    assert caught.value.code == "invalid_parameters"
    assert [(problem.pointer, problem.detail) for problem in caught.value.problems] == [
        ("/parameters/speed", "'speed' is not a parameter of this pipeline; it takes days, limit"),
        ("/parameters/days", "is missing; this pipeline has no default for it"),
        ("/parameters/limit", "must be at least 1"),
    ]


def test_sql_sees_typed_values_and_two_ends_of_a_range() -> None:
    declared = {
        "days": PARAMETER.validate_python({"type": "date_range", "default": "yesterday"}),
        "limit": PARAMETER.validate_python({"type": "integer", "default": 3}),
        "share": PARAMETER.validate_python({"type": "number", "default": 0.25}),
        "gross": PARAMETER.validate_python({"type": "boolean", "default": True}),
    }

    values = resolve_parameters(declared, {}, today=TODAY)

    assert [(sql.name, sql.type, sql.value) for value in values for sql in value.sql_parameters] == [
        ("days_start", "DATE", "2025-11-14"),
        ("days_end", "DATE", "2025-11-14"),
        ("limit", "INT64", "3"),
        ("share", "NUMERIC", "0.25"),
        ("gross", "BOOL", "true"),
    ]
    assert [value.json_value for value in values] == ["2025-11-14/2025-11-14", 3, "0.25", True]


@given(
    value=st.decimals(
        min_value=Decimal("-9.9e28"),
        max_value=Decimal("9.9e28"),
        allow_nan=False,
        allow_infinity=False,
        places=9,
    )
)
def test_every_numeric_survives_exactly(value: Decimal) -> None:
    text = resolved("number", str(value))

    assert Decimal(text) == value
    assert resolved("number", text) == text


@given(kind=st.sampled_from(["string", "integer", "number", "boolean", "date", "date_range"]), value=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
))  # fmt: skip
def test_any_value_is_taken_or_explained(kind: str, value: JsonValue) -> None:
    problems: tuple[FieldProblem, ...] = ()
    text: str | None = None
    try:
        text = resolved(kind, value)
    except InvalidError as error:
        problems = error.problems

    assert bool(problems) != (text is not None)
    assert text is None or resolved(kind, text) == text
