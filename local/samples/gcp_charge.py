"""One row of the GCP billing export."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from local.samples.gcp_price_list import Project, Sku

Row = dict[str, object]

BILLING_ACCOUNT = "01A2B3-C4D5E6-F7A8B9"

_NAME_BY_CREDIT = {
    "SUSTAINED_USAGE_DISCOUNT": "Sustained use discount",
    "COMMITTED_USAGE_DISCOUNT": "Committed use discount: CPU",
    "PROMOTION": "Starter promotion",
    "FREE_TIER": "Free tier",
}


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What is charged for one SKU and an hour or more. `credits` are (kind, amount) with negative amounts."""

    sku: Sku
    project: Project | None
    begins_at: datetime
    hours: int = 1
    exported_at: datetime
    amount: Decimal
    cost: Decimal
    credits: tuple[tuple[str, Decimal], ...] = ()
    cost_type: str = "regular"
    adjustment: tuple[str, str] | None = None


def price(sku: Sku, amount: Decimal) -> Decimal:
    """Return what `amount` pricing units cost."""
    return without_tie(sku.price * amount)


def without_tie(money: Decimal) -> Decimal:
    """Keep ten decimals and let none lie half-way between two values of nine.

    A FLOAT64 lies a little above or below such a tie, and which of the two is no business of a sample.
    """
    kept = money.quantize(Decimal("1e-10"), ROUND_HALF_UP)
    return kept + Decimal("1e-10") if kept.as_tuple().digits[-1] == 5 else kept


def build_row(charge: Charge) -> Row:
    """Return the charge as a row that a BigQuery load job takes as newline-delimited JSON."""
    sku = charge.sku
    ends_at = charge.begins_at + timedelta(hours=charge.hours)
    return {
        "billing_account_id": BILLING_ACCOUNT,
        "service": {"id": sku.service_id, "description": sku.service},
        "sku": {"id": sku.sku_id, "description": sku.description},
        "usage_start_time": _time(charge.begins_at),
        "usage_end_time": _time(ends_at),
        "project": _project(charge.project),
        "labels": [{"key": "env", "value": charge.project.environment}] if charge.project else [],
        "system_labels": _system_labels(sku),
        "location": _location(sku.region),
        "export_time": _time(charge.exported_at),
        "cost": float(charge.cost),
        "currency": "USD",
        "currency_conversion_rate": 1.0,
        "usage": _usage(charge),
        "credits": [_credit(kind, amount) for kind, amount in charge.credits],
        "invoice": {"month": charge.exported_at.strftime("%Y%m")},
        "cost_type": charge.cost_type,
        "adjustment_info": _adjustment(charge),
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _project(project: Project | None) -> Row | None:
    if project is None:
        return None
    return {
        "id": project.project_id,
        "number": project.number,
        "name": project.name,
        "labels": [{"key": "team", "value": project.name.split()[-1]}],
        "ancestry_numbers": "/900000000001/",
    }


def _system_labels(sku: Sku) -> list[Row]:
    if "Instance" not in sku.description:
        return []
    return [
        {"key": "compute.googleapis.com/cores", "value": "4"},
        {"key": "compute.googleapis.com/machine_spec", "value": "n2-standard-4"},
    ]


def _location(region: str | None) -> Row | None:
    if region is None:
        return None
    if region == "eu":
        return {"location": "eu", "country": None, "region": None, "zone": None}
    return {"location": region, "country": "BE", "region": region, "zone": f"{region}-b"}


def _usage(charge: Charge) -> Row:
    sku = charge.sku
    if not sku.unit:
        return {"amount": 0.0, "unit": None, "amount_in_pricing_units": 0.0, "pricing_unit": None}
    return {
        "amount": float(charge.amount * sku.units),
        "unit": sku.unit,
        "amount_in_pricing_units": float(charge.amount),
        "pricing_unit": sku.pricing_unit,
    }


def _credit(kind: str, amount: Decimal) -> Row:
    name = _NAME_BY_CREDIT[kind]
    return {
        "name": name,
        "amount": float(amount),
        "full_name": name,
        "id": name.lower().replace(" ", "-"),
        "type": kind,
    }


def _adjustment(charge: Charge) -> Row | None:
    if charge.adjustment is None:
        return None
    mode, kind = charge.adjustment
    key = f"{charge.begins_at:%Y%m%d%H}-{charge.sku.sku_id.lower()}"
    return {"id": key, "description": "Correction of an earlier charge", "mode": mode, "type": kind}
