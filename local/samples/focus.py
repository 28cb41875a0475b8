"""A synthetic bill in FOCUS 1.0, the FinOps Foundation's common format, as CSV. All of it is made up."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from local.samples.focus_offers import OFFERS, SUB_ACCOUNTS, Offer

COLUMNS = (
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency",
    "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription",
    "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountCategory",
    "CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountStatus", "CommitmentDiscountType",
    "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice", "EffectiveCost",
    "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit",
    "ProviderName", "PublisherName", "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType",
    "ServiceCategory", "ServiceName", "SkuId", "SkuPriceId", "SubAccountId", "SubAccountName", "Tags",
)  # fmt: skip
"""FOCUS 1.0's columns, in alphabetical order."""

_NUMBERS = frozenset(
    {"BilledCost", "ConsumedQuantity", "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "ListCost",
     "ListUnitPrice", "PricingQuantity"}
)  # fmt: skip
_MONTH_START = datetime(2025, 10, 1)  # noqa: DTZ001 - FOCUS files have times without a zone
_MONTH_END = datetime(2025, 11, 1)  # noqa: DTZ001
_MONTH_HOURS = 31 * 24
_COST_STEP = Decimal("1e-11")
_NUMERIC_STEP = Decimal("1e-9")

Cells = dict[str, str | None]


@dataclass(frozen=True)
class FocusFigures:
    """What must come of a file. `billed_cost` has every charge rounded to nine decimals, half away from zero.

    `exact_billed_cost` is the sum of the charges as they are written; `tiny_count` counts those below 0.000001.
    """

    row_count: int
    billed_cost: Decimal
    exact_billed_cost: Decimal
    tiny_count: int


def write_focus_csv(path: Path, *, rows: int, seed: int) -> FocusFigures:
    """Write `rows` charges of one month to `path` and return the figures; the same seed gives the same bytes."""
    # Seeded with text, which Python hashes in the same way on every machine and in every version.
    chance = random.Random(f"focus/{seed}")  # noqa: S311 - a sample, not a secret
    charges = [_build_charge(chance, chance.choice(OFFERS)) for _ in range(rows)]
    lines = [_line([f'"{column}"' for column in COLUMNS])]
    lines += [_line(_cell(column, charge[column]) for column in COLUMNS) for charge in charges]
    path.write_text("".join(lines), encoding="utf-8", newline="")
    costs = [Decimal(charge["BilledCost"] or 0) for charge in charges]
    return FocusFigures(
        row_count=len(costs),
        billed_cost=sum((cost.quantize(_NUMERIC_STEP, ROUND_HALF_UP) for cost in costs), Decimal(0)),
        exact_billed_cost=sum(costs, Decimal(0)),
        tiny_count=sum(0 < abs(cost) < Decimal("0.000001") for cost in costs),
    )


def _line(cells: Iterable[str]) -> str:
    return ",".join(cells) + "\n"


def _cell(column: str, value: str | None) -> str:
    if value is None:
        return "NULL"
    escaped = value.replace('"', '""')
    return value if column in _NUMBERS else f'"{escaped}"'


def _build_charge(chance: random.Random, offer: Offer) -> Cells:
    begins_at = _MONTH_START + timedelta(hours=chance.randrange(_MONTH_HOURS))
    account_id, account_name = chance.choice(SUB_ACCOUNTS)
    # Most charges are small and some are minute: the quantity spans six orders of magnitude.
    quantity = (offer.most * Decimal(chance.randint(1, 9999)) / 10 ** chance.randint(4, 9)).quantize(
        _COST_STEP
    )
    return {
        **dict.fromkeys(COLUMNS),
        **_offered(chance, offer),
        **_costs(chance, offer, quantity=quantity),
        "BillingAccountId": "7700012345678",
        "BillingAccountName": "Acme Group",
        "BillingCurrency": "USD",
        "BillingPeriodStart": str(_MONTH_START),
        "BillingPeriodEnd": str(_MONTH_END),
        "ChargePeriodStart": str(begins_at),
        "ChargePeriodEnd": str(begins_at + timedelta(hours=1)),
        "SubAccountId": account_id,
        "SubAccountName": account_name,
        "Tags": _tags(chance),
    }


def _offered(chance: random.Random, offer: Offer) -> Cells:
    zone = f"{offer.region_id}{chance.choice('abc')}"
    resource = f"{offer.resource_type.lower().replace(' ', '-')}-{chance.getrandbits(40):010x}"
    named = chance.random() < 0.5
    return {
        "AvailabilityZone": zone if offer.zonal else None,
        "ChargeDescription": offer.description,
        "ChargeFrequency": "Usage-Based",
        "ConsumedUnit": offer.unit,
        "InvoiceIssuerName": offer.issuer,
        "PricingUnit": offer.unit,
        "ProviderName": offer.provider,
        "PublisherName": offer.issuer,
        "RegionId": offer.region_id,
        "RegionName": offer.region_name,
        "ResourceId": resource,
        "ResourceName": f"acme {resource[-4:]}" if named else None,
        "ResourceType": offer.resource_type,
        "ServiceCategory": offer.category,
        "ServiceName": offer.service,
        "SkuId": offer.sku_id,
        "SkuPriceId": f"{offer.sku_id}.PAYG",
    }


def _costs(chance: random.Random, offer: Offer, *, quantity: Decimal) -> Cells:
    """A charge of one of three kinds: at the list price, taken back later, or covered by a commitment."""
    listed = (quantity * offer.price).quantize(_COST_STEP, ROUND_HALF_UP)
    kind = chance.choices(("list", "correction", "committed"), weights=(85, 5, 10))[0]
    sign = -1 if kind == "correction" else 1
    committed = kind == "committed"
    effective = (listed * Decimal("0.7")).quantize(_COST_STEP, ROUND_HALF_UP) if committed else sign * listed
    commitment = f"commitment-{chance.getrandbits(24):06x}"
    return {
        "BilledCost": _plain(Decimal("0E-11") if committed else sign * listed),
        "ChargeCategory": "Usage",
        "ChargeClass": "Correction" if kind == "correction" else None,
        "CommitmentDiscountCategory": "Usage" if committed else None,
        "CommitmentDiscountId": commitment if committed else None,
        "CommitmentDiscountName": "One year, no upfront" if committed else None,
        "CommitmentDiscountStatus": "Used" if committed else None,
        "CommitmentDiscountType": "Reserved" if committed else None,
        "ConsumedQuantity": _plain(sign * quantity),
        "ContractedCost": _plain(sign * listed),
        "ContractedUnitPrice": _plain(offer.price),
        "EffectiveCost": _plain(effective),
        "ListCost": _plain(sign * listed),
        "ListUnitPrice": _plain(offer.price),
        "PricingCategory": "Committed" if committed else "Standard",
        "PricingQuantity": _plain(sign * quantity),
    }


def _tags(chance: random.Random) -> str | None:
    if chance.random() < 0.4:
        return None
    environment = chance.choice(("dev", "prod", "test"))
    return json.dumps(
        {"environment": environment, "team": chance.choice(("billing", "search", 'the "A" team'))}
    )


def _plain(amount: Decimal) -> str:
    # Never with an exponent, and without a minus before zero.
    return f"{amount:f}" if amount else f"{abs(amount):f}"
