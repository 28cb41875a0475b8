"""Rows get the names and types that a source's columns say."""

from collections.abc import Mapping

import pytest
from pydantic import JsonValue, TypeAdapter

from shared.domain.errors import StepError
from shared.domain.shaped_rows import RowShaper
from shared.domain.source_column import SourceColumn

Row = dict[str, JsonValue]
COST = {"cost": {"from": "lineItem/UnblendedCost", "type": "NUMERIC"}}


def shaped(rows: list[Row], columns: Mapping[str, object], *, have_all_fields: bool = False) -> list[Row]:
    shaper = RowShaper(TypeAdapter(dict[str, SourceColumn]).validate_python(columns))
    found = list(shaper.shaped(rows, at=lambda number: f"row {number}", have_all_fields=have_all_fields))
    shaper.require_seen()
    return [row for row in found if isinstance(row, dict)]


def failure(rows: list[Row], columns: Mapping[str, object], *, have_all_fields: bool = False) -> str:
    with pytest.raises(StepError) as failed:
        shaped(rows, columns, have_all_fields=have_all_fields)
    return str(failed.value)


def test_a_field_gets_its_name_and_type_and_others_stay_as_they_are() -> None:
    rows: list[Row] = [{"lineItem/UnblendedCost": "1.50", "day": "2025-11-01"}, {"day": None}]

    assert shaped(rows, COST) == [{"day": "2025-11-01", "cost": "1.5"}, {"day": None}]


def test_one_field_can_become_two_columns_and_two_fields_can_change_places() -> None:
    columns = {"a": {"from": "b"}, "b": {"from": "a"}, "c": {"from": "a", "type": "INTEGER"}}

    assert shaped([{"a": "1", "b": "2"}], columns) == [{"a": "2", "b": "1", "c": 1}]


def test_a_value_that_does_not_fit_is_told_by_place_column_and_type() -> None:
    rows: list[Row] = [{"lineItem/UnblendedCost": "1"}, {"lineItem/UnblendedCost": "hunter2"}]

    assert failure(rows, COST) == (
        "row 2: 'lineItem/UnblendedCost', to be 'cost', must be NUMERIC, but is no number"
    )
    assert failure([{"n": "x"}], {"n": {"type": "INTEGER"}}) == (
        "row 1: 'n' must be INTEGER, but is no number"
    )


def test_a_name_that_another_field_has_already_is_refused() -> None:
    rows: list[Row] = [{"lineItem/UnblendedCost": "1", "cost": "2"}]

    assert failure(rows, COST) == "row 1 has a field 'cost', and 'lineItem/UnblendedCost' is to be called so"


def test_a_field_that_no_row_has_is_a_misspelt_one() -> None:
    rows: list[Row] = [{"lineItem/UnblendedCosts": "1"}, {"day": "2025-11-01"}]

    assert failure(rows, COST) == (
        "no row has a field 'lineItem/UnblendedCost'; there are day, lineItem/UnblendedCosts. "
        "Did you mean 'lineItem/UnblendedCosts'?"
    )
    assert failure(rows, COST, have_all_fields=True) == (
        "row 1 has no field 'lineItem/UnblendedCost'; there are lineItem/UnblendedCosts. "
        "Did you mean 'lineItem/UnblendedCosts'?"
    )


@pytest.mark.parametrize("have_all_fields", [False, True])
def test_a_field_that_is_optional_or_that_no_row_could_have_may_be_missing(have_all_fields: bool) -> None:
    optional = {"cost": {"from": "lineItem/UnblendedCost", "optional": True}}

    assert shaped([{"day": "x"}], optional, have_all_fields=have_all_fields) == [{"day": "x"}]
    assert shaped([], COST, have_all_fields=have_all_fields) == []
