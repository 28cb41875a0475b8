"""What the synthetic billing export holds, and what its figures add up to."""

import json
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from local.samples.gcp_billing_export import SCHEMA, DailyCost, daily_net_cost, rows

Row = dict[str, Any]

FIRST, LAST = date(2025, 10, 20), date(2025, 11, 9)


@pytest.fixture(scope="module", name="export")
def generate_export() -> list[Row]:
    return list(rows(first_day=FIRST, last_day=LAST, seed=1))


@pytest.mark.slow
def test_the_same_days_and_seed_give_the_same_rows(export: list[Row]) -> None:
    assert list(rows(first_day=FIRST, last_day=LAST, seed=1)) == export
    assert list(rows(first_day=FIRST, last_day=LAST, seed=2)) != export


@pytest.mark.slow
def test_a_days_rows_do_not_depend_on_the_range_asked_for(export: list[Row]) -> None:
    day_count = (LAST - FIRST).days + 1
    days = [FIRST + timedelta(days=number) for number in range(day_count)]

    one_by_one = [row for day in days for row in rows(first_day=day, last_day=day, seed=1)]

    assert one_by_one == export


def test_no_two_days_cost_the_same(export: list[Row]) -> None:
    costs = daily_net_cost(export, first_day=FIRST, last_day=LAST)

    compute = [cost for (_, service, _, _), cost in costs.items() if service == "Compute Engine"]

    assert len({cost.net_cost for cost in compute}) == len(compute)


def test_every_row_was_exported_on_the_days_asked_for_and_after_its_usage_began(export: list[Row]) -> None:
    exported_on = {date.fromisoformat(row["export_time"][:10]) for row in export}

    assert exported_on == {FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)}
    assert all(row["export_time"] > row["usage_start_time"] for row in export)


def test_a_day_has_about_as_many_rows_as_a_small_account(export: list[Row]) -> None:
    for number in range((LAST - FIRST).days + 1):
        day = (FIRST + timedelta(days=number)).isoformat()
        assert 100 <= sum(row["export_time"].startswith(day) for row in export) <= 170


def columns_of(schema: list[Row], record: Row) -> None:
    assert list(record) == [field["name"] for field in schema]
    for field in schema:
        value = record[field["name"]]
        if field["mode"] == "REPEATED":
            for item in value:
                columns_of(field["fields"], item)
        elif value is not None and field["type"] == "RECORD":
            columns_of(field["fields"], value)
        elif value is not None:
            assert isinstance(value, float if field["type"] == "FLOAT" else str)


def test_every_row_has_the_columns_and_types_of_the_schema(export: list[Row]) -> None:
    for row in export:
        columns_of(SCHEMA, row)


@pytest.mark.slow
def test_a_row_is_the_same_after_a_trip_through_json(export: list[Row]) -> None:
    assert [json.loads(json.dumps(row)) for row in export] == export


def test_the_export_holds_what_makes_real_ones_hard(export: list[Row]) -> None:
    services = {row["service"]["description"] for row in export}
    projects = {row["project"]["id"] if row["project"] else None for row in export}
    credit_counts = {len(row["credits"]) for row in export}
    credit_types = {credit["type"] for row in export for credit in row["credits"]}
    modes = {row["adjustment_info"]["mode"] for row in export if row["adjustment_info"]}
    costs = {row["cost"] for row in export}

    assert len(services) >= 6
    assert projects == {"acme-web-prod", "acme-data-prod", "acme-sandbox", None}
    assert credit_counts == {0, 1, 2}
    assert credit_types == {"SUSTAINED_USAGE_DISCOUNT", "COMMITTED_USAGE_DISCOUNT", "PROMOTION", "FREE_TIER"}
    assert all(credit["amount"] < 0 for row in export for credit in row["credits"])
    assert {row["cost_type"] for row in export} == {"regular", "tax", "rounding_error"}
    assert modes == {"COMPLETE_NEGATION", "COMPLETE_NEGATION_WITH_REMONETIZATION"}
    assert {0.0, 8e-07, 5e-10} <= costs


def test_some_usage_is_exported_days_later_and_none_after_a_week(export: list[Row]) -> None:
    delays = [
        datetime.fromisoformat(row["export_time"]) - datetime.fromisoformat(row["usage_start_time"])
        for row in export
    ]

    assert sum(delay > timedelta(days=2) for delay in delays) > 20
    assert max(delays) < timedelta(days=7)


def test_a_negation_takes_back_exactly_what_was_charged(export: list[Row]) -> None:
    negated = [row for row in export if row["cost"] < 0 and row["adjustment_info"]]

    for row in negated:
        usage_day = date.fromisoformat(row["usage_start_time"][:10])
        if usage_day < FIRST + timedelta(days=1):
            continue
        charged = [
            one["cost"]
            for one in export
            if (one["sku"], one["project"], one["usage_start_time"])
            == (row["sku"], row["project"], row["usage_start_time"])
        ]
        assert -row["cost"] in charged


def test_only_the_planted_charge_lies_half_way_between_two_values_of_numeric(export: list[Row]) -> None:
    amounts = [row["cost"] for row in export] + [
        credit["amount"] for row in export for credit in row["credits"]
    ]

    ties = {
        amount
        for amount in amounts
        if (Decimal(repr(amount)) * 10**9) % 1 in (Decimal("0.5"), Decimal("-0.5"))
    }

    assert ties == {5e-10}


def test_a_cast_of_the_binary_number_gives_the_same_numeric(export: list[Row]) -> None:
    step = Decimal("1e-9")
    amounts = [row["cost"] for row in export] + [
        credit["amount"] for row in export for credit in row["credits"]
    ]

    assert [Decimal(amount).quantize(step, ROUND_HALF_UP) for amount in amounts] == [
        Decimal(repr(amount)).quantize(step, ROUND_HALF_UP) for amount in amounts
    ]


def charge(cost: float, *credits: float, day: str = "2025-11-01", project: str | None = "web") -> Row:
    return {
        "usage_start_time": f"{day}T23:00:00Z",
        "service": {"description": "BigQuery"},
        "project": {"id": project} if project else None,
        "currency": "USD",
        "cost": cost,
        "credits": [{"amount": amount} for amount in credits],
    }


def test_costs_and_credits_are_rounded_one_by_one_and_added_by_day_service_and_project() -> None:
    charges = [
        charge(5e-10),
        charge(5e-10),
        charge(1.5, -0.25, -0.0000000004),
        charge(-1.5),
        charge(2.0, project=None),
        charge(4.0, day="2025-11-02"),
        charge(8.0, day="2025-11-03"),
    ]

    costs = daily_net_cost(charges, first_day=date(2025, 11, 1), last_day=date(2025, 11, 2))

    first, second = date(2025, 11, 1), date(2025, 11, 2)
    assert costs == {
        (first, "BigQuery", "web", "USD"): DailyCost(
            Decimal("2e-9"), Decimal("-0.25"), Decimal("-0.249999998"), 4
        ),
        (first, "BigQuery", None, "USD"): DailyCost(Decimal(2), Decimal(0), Decimal(2), 1),
        (second, "BigQuery", "web", "USD"): DailyCost(Decimal(4), Decimal(0), Decimal(4), 1),
    }


def test_every_charge_is_counted_once(export: list[Row]) -> None:
    costs = daily_net_cost(export, first_day=FIRST - timedelta(days=8), last_day=LAST)

    assert sum(cost.charge_count for cost in costs.values()) == len(export)
    assert all(cost.net_cost == cost.billed_cost + cost.credits for cost in costs.values())
