"""What the synthetic GCP bill is made of: projects and SKUs. Every name, id and price is made up."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Project:
    """A project as the export describes it; `scale` is how much it uses of everything."""

    project_id: str
    number: str
    name: str
    environment: str
    scale: Decimal


@dataclass(frozen=True)
class Sku:
    """One thing charged for: about `rows_per_day` charges of up to `most` pricing units per project and day.

    A pricing unit is `units` usage units. `credits` are the kinds of credits its charges may carry.
    """

    service_id: str
    service: str
    sku_id: str
    description: str
    unit: str
    pricing_unit: str
    units: int
    price: Decimal
    most: Decimal
    rows_per_day: int
    credits: tuple[str, ...] = ()
    region: str | None = "europe-west1"


PROJECTS = (
    Project("acme-web-prod", "410000000017", "Acme web", "prod", Decimal(1)),
    Project("acme-data-prod", "410000000029", "Acme warehouse", "prod", Decimal("2.5")),
    Project("acme-sandbox", "410000000031", "Acme sandbox", "dev", Decimal("0.125")),
)

_HOUR = ("seconds", "hour", 3600)
_GIBIBYTE = ("bytes", "gibibyte", 2**30)
_STORED = ("byte-seconds", "gibibyte month", 2**30 * 2_592_000)
_REQUESTS = ("requests", "count", 1)
_VM_CREDITS = ("SUSTAINED_USAGE_DISCOUNT", "COMMITTED_USAGE_DISCOUNT")


def _sku(
    service: tuple[str, str],
    sku: tuple[str, str],
    unit: tuple[str, str, int],
    *,
    price: str,
    most: str,
    rows: int,
    credits: tuple[str, ...] = (),
    region: str | None = "europe-west1",
) -> Sku:
    service_id, service_name = service
    sku_id, description = sku
    usage_unit, pricing_unit, units = unit
    return Sku(
        service_id=service_id,
        service=service_name,
        sku_id=sku_id,
        description=description,
        unit=usage_unit,
        pricing_unit=pricing_unit,
        units=units,
        price=Decimal(price),
        most=Decimal(most),
        rows_per_day=rows,
        credits=credits,
        region=region,
    )


_COMPUTE = ("1A10-0001-C0DE", "Compute Engine")
_STORAGE = ("1A10-0002-C0DE", "Cloud Storage")
_BIGQUERY = ("1A10-0003-C0DE", "BigQuery")
_SQL = ("1A10-0004-C0DE", "Cloud SQL")
_KUBERNETES = ("1A10-0005-C0DE", "Kubernetes Engine")
_LOGGING = ("1A10-0006-C0DE", "Cloud Logging")
_VERTEX = ("1A10-0007-C0DE", "Vertex AI")

SKUS = (
    _sku(_COMPUTE, ("C001-0001-AAAA", "N2 Instance Core running in Belgium"), _HOUR,
         price="0.034773", most="96", rows=6, credits=_VM_CREDITS),
    _sku(_COMPUTE, ("C001-0002-AAAA", "N2 Instance Ram running in Belgium"), _HOUR,
         price="0.004661", most="384", rows=6, credits=_VM_CREDITS),
    _sku(_COMPUTE, ("C001-0003-AAAA", "Balanced PD Capacity in Belgium"), _STORED,
         price="0.11", most="1.4", rows=3),
    _sku(_COMPUTE, ("C001-0004-AAAA", "Network Internet Egress from Belgium to Americas"), _GIBIBYTE,
         price="0.12", most="9", rows=3, credits=("PROMOTION",)),
    _sku(_STORAGE, ("C002-0001-BBBB", "Standard Storage Belgium"), _STORED,
         price="0.02", most="3.1", rows=3, credits=("FREE_TIER",)),
    _sku(_STORAGE, ("C002-0002-BBBB", "Regional Standard Class A Operations"), _REQUESTS,
         price="0.000005", most="4000", rows=3),
    _sku(_BIGQUERY, ("C003-0001-CCCC", "Analysis (eu)"), ("bytes", "tebibyte", 2**40),
         price="6.25", most="1.9", rows=4, credits=("FREE_TIER", "PROMOTION"), region="eu"),
    _sku(_BIGQUERY, ("C003-0002-CCCC", "Active Logical Storage (eu)"), _STORED,
         price="0.02", most="2.6", rows=2, region="eu"),
    _sku(_SQL, ("C004-0001-DDDD", "Cloud SQL for PostgreSQL: Zonal - vCPU in Belgium"), _HOUR,
         price="0.0413", most="8", rows=3, credits=("COMMITTED_USAGE_DISCOUNT",)),
    _sku(_KUBERNETES, ("C005-0001-EEEE", "Zonal Kubernetes Clusters"), _HOUR,
         price="0.1", most="1", rows=2, credits=("FREE_TIER",)),
    _sku(_LOGGING, ("C006-0001-FFFF", "Log Storage cost"), _GIBIBYTE, price="0.5", most="2.2", rows=2),
    _sku(_VERTEX, ("C007-0001-ABAB", "Text generation, input tokens"), ("count", "count", 1),
         price="0.000000125", most="900000", rows=3, region=None),
)  # fmt: skip

# Charges too small or too odd for the price list, planted once a day each.
REQUEST_SKU = _sku(_STORAGE, ("C002-0003-BBBB", "Regional Standard Class B Operations"), _REQUESTS,
                   price="0.0000004", most="2", rows=1)  # fmt: skip
TOKEN_SKU = _sku(_VERTEX, ("C007-0002-ABAB", "Embedding, input characters"), ("count", "count", 1),
                 price="0.0000000001", most="5", rows=1, region=None)  # fmt: skip
FREE_SKU = _sku(_BIGQUERY, ("C003-0003-CCCC", "Storage Read API (free quota)"), _GIBIBYTE,
                price="0", most="1", rows=1, region="eu")  # fmt: skip
SUPPORT_SKU = _sku(("1A10-0008-C0DE", "Support"), ("C008-0001-CDCD", "Standard Support"),
                   ("seconds", "month", 2_592_000), price="29", most="1", rows=1, region=None)  # fmt: skip
TAX_SKU = _sku(("1A10-0009-C0DE", "Invoice"), ("C009-0001-EFEF", "Tax"), ("", "", 1),
               price="1", most="1", rows=1, region=None)  # fmt: skip
ROUNDING_SKU = _sku(("1A10-0009-C0DE", "Invoice"), ("C009-0002-EFEF", "Rounding error"), ("", "", 1),
                    price="1", most="1", rows=1, region=None)  # fmt: skip
