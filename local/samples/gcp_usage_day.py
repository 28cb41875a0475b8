"""The charges of one day's usage, whenever they are exported."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from local.samples.gcp_charge import Charge, price, without_tie
from local.samples.gcp_price_list import (
    FREE_SKU,
    PROJECTS,
    REQUEST_SKU,
    ROUNDING_SKU,
    SKUS,
    SUPPORT_SKU,
    TAX_SKU,
    TOKEN_SKU,
    Project,
    Sku,
)

LATEST_EXPORT = timedelta(days=7)
"""How long after the beginning of its day a charge may still be exported, at most."""

_WEB, _DATA, _SANDBOX = PROJECTS


def build_usage_day(day: date, *, seed: int) -> list[Charge]:
    """Return every charge for usage on `day` (UTC); the same day and seed give the same charges."""
    # Seeded with text, which Python hashes in the same way on every machine and in every version.
    chance = random.Random(f"{seed}/{day.isoformat()}")  # noqa: S311 - a sample, not a secret
    midnight = datetime.combine(day, time(0), tzinfo=UTC)
    charges = [
        _charge(chance, midnight, sku=sku, project=project)
        for project in PROJECTS
        for sku in SKUS
        for _ in range(chance.randint(max(1, sku.rows_per_day - 1), sku.rows_per_day + 1))
    ]
    late = [_late(chance, charge) for charge in chance.sample(charges, 6)]
    return [
        *charges,
        *late,
        *_corrections(chance, charges),
        *_tiny_charges(chance, midnight),
        *_invoice_charges(chance, midnight, charges),
    ]


def _charge(chance: random.Random, midnight: datetime, *, sku: Sku, project: Project) -> Charge:
    amount = sku.most * project.scale * Decimal(chance.randint(1, 10_000)) / 10_000
    return _charge_of(chance, midnight, sku=sku, project=project, amount=amount)


def _charge_of(
    chance: random.Random, midnight: datetime, *, sku: Sku, project: Project | None, amount: Decimal
) -> Charge:
    begins_at = midnight + timedelta(hours=chance.randint(0, 23))
    cost = price(sku, amount)
    return Charge(
        sku=sku,
        project=project,
        begins_at=begins_at,
        exported_at=begins_at + timedelta(minutes=chance.randint(130, 360)),
        amount=amount,
        cost=cost,
        credits=tuple(_credits(chance, sku, cost=cost)),
    )


def _credits(chance: random.Random, sku: Sku, *, cost: Decimal) -> Iterator[tuple[str, Decimal]]:
    """A charge gets each of its kinds of credits more often than not, and never more credit than it costs."""
    left = cost
    for kind in sku.credits:
        if chance.random() < 0.4:
            continue
        share = Decimal(1) if kind == "FREE_TIER" else Decimal(chance.randint(5, 45)) / 100
        amount = min(left, without_tie(cost * share))
        if amount > 0:
            left -= amount
            yield kind, -amount


def _late(chance: random.Random, charge: Charge) -> Charge:
    """The same SKU used again in the same hour, heard of days later."""
    delay = timedelta(days=chance.randint(2, 5), minutes=chance.randint(0, 59))
    amount = charge.amount / 2
    exported_at = charge.begins_at + delay
    return replace(charge, exported_at=exported_at, amount=amount, cost=price(charge.sku, amount), credits=())


def _corrections(chance: random.Random, charges: list[Charge]) -> Iterator[Charge]:
    """Take back two charges entirely, and charge one of them again at a lower price."""
    repriced, cancelled = chance.sample([charge for charge in charges if not charge.credits], 2)
    delay = timedelta(days=3, hours=chance.randint(0, 20))
    mode = ("COMPLETE_NEGATION_WITH_REMONETIZATION", "PRICE_CORRECTION")
    exported_at = repriced.exported_at + delay
    yield replace(
        repriced, exported_at=exported_at, amount=-repriced.amount, cost=-repriced.cost, adjustment=mode
    )
    lower = without_tie(repriced.cost * Decimal("0.9"))
    yield replace(repriced, exported_at=exported_at, cost=lower, adjustment=mode)
    yield replace(
        cancelled,
        exported_at=cancelled.exported_at + delay,
        amount=-cancelled.amount,
        cost=-cancelled.cost,
        adjustment=("COMPLETE_NEGATION", "USAGE_CORRECTION"),
    )


def _tiny_charges(chance: random.Random, midnight: datetime) -> Iterator[Charge]:
    two_requests = _charge_of(chance, midnight, sku=REQUEST_SKU, project=_WEB, amount=Decimal(2))
    yield two_requests
    yield _charge_of(chance, midnight, sku=REQUEST_SKU, project=_SANDBOX, amount=Decimal(1))
    # Exactly half of NUMERIC's last decimal, which rounds away from zero; its FLOAT64 lies above it.
    tie = _charge_of(chance, midnight, sku=TOKEN_SKU, project=_DATA, amount=Decimal(5))
    yield replace(tie, cost=Decimal("0.0000000005"))
    yield _charge_of(chance, midnight, sku=FREE_SKU, project=_DATA, amount=Decimal("0.75"))


def _invoice_charges(chance: random.Random, midnight: datetime, charges: list[Charge]) -> Iterator[Charge]:
    """Charges that belong to the whole account and to no project."""
    support = _charge_of(chance, midnight, sku=SUPPORT_SKU, project=None, amount=Decimal(1) / 30)
    yield replace(support, begins_at=midnight, hours=24, exported_at=midnight + timedelta(hours=30))
    billed = sum((charge.cost for charge in charges), Decimal(0))
    tax = _charge_of(chance, midnight, sku=TAX_SKU, project=None, amount=Decimal(0))
    yield replace(tax, cost=(billed * Decimal("0.02")).quantize(Decimal("0.01")), cost_type="tax")
    error = Decimal(chance.choice((-4, -3, -2, -1, 1, 2, 3, 4))) / 1000
    rounding = _charge_of(chance, midnight, sku=ROUNDING_SKU, project=None, amount=Decimal(0))
    yield replace(rounding, cost=error, cost_type="rounding_error")
