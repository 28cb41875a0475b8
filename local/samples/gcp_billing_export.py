"""A synthetic GCP standard billing export, in its real nested schema, and the figures that must come of it.

The schema is Google's, as documented under "Structure of Standard data export" in the Cloud Billing documentation,
without the columns that were added in later years. All costs are in US dollars.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from local.samples.gcp_charge import Charge, Row, build_row
from local.samples.gcp_usage_day import LATEST_EXPORT, build_usage_day

Field = dict[str, object]
CostKey = tuple[date, str, str | None, str]
"""Usage day (UTC), service, project id, currency."""

NUMERIC_STEP = Decimal("0.000000001")


def _fields(**type_by_name: str) -> list[Field]:
    return [{"name": name, "type": kind, "mode": "NULLABLE"} for name, kind in type_by_name.items()]


def _record(name: str, fields: list[Field], *, mode: str = "NULLABLE") -> Field:
    return {"name": name, "type": "RECORD", "mode": mode, "fields": fields}


def _labels(name: str) -> Field:
    return _record(name, _fields(key="STRING", value="STRING"), mode="REPEATED")


SCHEMA: list[Field] = [
    *_fields(billing_account_id="STRING"),
    _record("service", _fields(id="STRING", description="STRING")),
    _record("sku", _fields(id="STRING", description="STRING")),
    *_fields(usage_start_time="TIMESTAMP", usage_end_time="TIMESTAMP"),
    _record(
        "project",
        [
            *_fields(id="STRING", number="STRING", name="STRING"),
            _labels("labels"),
            *_fields(ancestry_numbers="STRING"),
        ],
    ),
    _labels("labels"),
    _labels("system_labels"),
    _record("location", _fields(location="STRING", country="STRING", region="STRING", zone="STRING")),
    *_fields(export_time="TIMESTAMP", cost="FLOAT", currency="STRING", currency_conversion_rate="FLOAT"),
    _record(
        "usage",
        _fields(amount="FLOAT", unit="STRING", amount_in_pricing_units="FLOAT", pricing_unit="STRING"),
    ),
    _record(
        "credits",
        _fields(name="STRING", amount="FLOAT", full_name="STRING", id="STRING", type="STRING"),
        mode="REPEATED",
    ),
    _record("invoice", _fields(month="STRING")),
    *_fields(cost_type="STRING"),
    _record("adjustment_info", _fields(id="STRING", description="STRING", mode="STRING", type="STRING")),
]
"""The table's columns, as BigQuery's REST API has them."""


@dataclass(frozen=True)
class DailyCost:
    """Money of one day, service and project, every amount rounded to NUMERIC before it is added up."""

    billed_cost: Decimal
    credits: Decimal
    net_cost: Decimal
    charge_count: int


def rows(*, first_day: date, last_day: date, seed: int) -> Iterator[Row]:
    """Yield the rows exported from `first_day` to `last_day` (UTC, both included), in the order of these days.

    A day's export holds that day's usage, the last hours of the day before, and late rows and corrections for up to
    a week before. It depends on the seed and the day alone, so a longer range only adds rows.
    """
    charges_by_usage_day: dict[date, list[Charge]] = {}
    day = first_day
    while day <= last_day:
        for usage_day in _days_before(day):
            if usage_day not in charges_by_usage_day:
                charges_by_usage_day[usage_day] = build_usage_day(usage_day, seed=seed)
            charges = charges_by_usage_day[usage_day]
            yield from (build_row(charge) for charge in charges if charge.exported_at.date() == day)
        day += timedelta(days=1)


def daily_net_cost(rows: Iterable[Row], *, first_day: date, last_day: date) -> dict[CostKey, DailyCost]:
    """Add up what was used from `first_day` to `last_day` (UTC, both included), by day, service and project.

    Every cost and every credit is rounded to nine decimals, half away from zero, as a cast to NUMERIC does; nothing
    else is rounded. Credits are negative, so the net cost is the billed cost plus the credits.
    """
    costs_by_key: dict[CostKey, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for row in rows:
        usage_day = datetime.fromisoformat(cast(str, row["usage_start_time"])).astimezone(UTC).date()
        if not first_day <= usage_day <= last_day:
            continue
        service = cast(dict[str, str], row["service"])["description"]
        project = cast(dict[str, str], row["project"] or {}).get("id")
        credits = cast(list[dict[str, float]], row["credits"])
        credited = sum((_numeric(credit["amount"]) for credit in credits), Decimal(0))
        key = (usage_day, service, project, cast(str, row["currency"]))
        costs_by_key[key].append((_numeric(cast(float, row["cost"])), credited))
    return {key: _total(costs) for key, costs in costs_by_key.items()}


def _total(costs: list[tuple[Decimal, Decimal]]) -> DailyCost:
    billed = sum((cost for cost, _ in costs), Decimal(0))
    credited = sum((credit for _, credit in costs), Decimal(0))
    return DailyCost(billed, credited, billed + credited, len(costs))


def _numeric(amount: float) -> Decimal:
    # The shortest text of a FLOAT64 is the decimal that it was made from.
    return Decimal(repr(amount)).quantize(NUMERIC_STEP, ROUND_HALF_UP)


def _days_before(day: date) -> Iterator[date]:
    """Yield the days whose usage may be exported on `day`, the oldest first."""
    for age in range(LATEST_EXPORT.days, -1, -1):
        yield day - timedelta(days=age)
