"""What the synthetic FOCUS bill charges for. The three providers, their services, ids and prices are made up."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Offer:
    """One SKU of one provider in one region; a charge is for up to `most` units an hour."""

    provider: str
    issuer: str
    region_id: str
    region_name: str
    service: str
    category: str
    sku_id: str
    description: str
    unit: str
    price: Decimal
    most: Decimal
    resource_type: str
    zonal: bool = False


SUB_ACCOUNTS = (
    ("880000000101", "Acme shop"),
    ("880000000202", "Acme warehouse"),
    ("880000000303", "Acme research"),
    ("880000000404", "Acme sandbox"),
)

_NIMBUS = ("Nimbus Web Cloud", "Nimbus Web Cloud, Inc.", "us-hill-2", "US Hill (Redwood)")
_MERIDIAN = ("Meridian Azur", "Meridian Systems Corporation", "westlake", "West Lake")
_ORACULA = ("Oracula Cloud", "Oracula International", "eu-harbour-1", "Germany (Harbour)")

OFFERS = (
    Offer(*_NIMBUS, "Nimbus Queues", "Integration", "NQ7R2K5XA1", "$0.40 per million standard requests",
          "Requests", Decimal("0.0000004"), Decimal(2000), "Queue"),
    Offer(*_NIMBUS, "Nimbus Machines", "Compute", "NM4T8C2XB3", "$0.0874 per On Demand m4 large hour",
          "Hours", Decimal("0.0874"), Decimal(1), "Instance", zonal=True),
    Offer(*_NIMBUS, "Nimbus Balancing", "Networking", "NB9L3V6XC5", "$0.0075 per balancer capacity unit, per hour",
          "Capacity-Hours", Decimal("0.0075"), Decimal(30), "Balancer"),
    Offer(*_NIMBUS, "Nimbus Objects", "Storage", "NO2S5G8XD7", "$0.022 per GB, first 50 TB in a month",
          "GB-Months", Decimal("0.022"), Decimal(4), "Bucket"),
    Offer(*_MERIDIAN, "Meridian Virtual Machines", "Compute", "MV-00A1-17", "D4 v6, Linux, West Lake",
          "1 Hour", Decimal("0.205"), Decimal(1), "Virtual machine", zonal=True),
    Offer(*_MERIDIAN, "Meridian SQL", "Databases", "MS-00B2-29", "General purpose vCore, serverless",
          "1 vCore Hour", Decimal("0.5218"), Decimal(2), "SQL database"),
    Offer(*_MERIDIAN, "Meridian Monitor", "Management and Governance", "MM-00C3-31", "Log ingestion, pay as you go",
          "1 GB", Decimal("2.76"), Decimal("0.5"), "Workspace"),
    Offer(*_ORACULA, "Block Volumes", "Storage", "B10042", "Block volume, balanced performance",
          "GB-Months", Decimal("0.0255"), Decimal(9), "Volume", zonal=True),
    Offer(*_ORACULA, "Autonomous Store", "Databases", "B10077", "Transaction processing, CPU per hour",
          "CPU-Hours", Decimal("0.336"), Decimal(2), "Database"),
    Offer(*_ORACULA, "Generative Models", "AI and Machine Learning", "B10093", "Large model, input characters",
          "Characters", Decimal("0.00000018"), Decimal(20000), "Endpoint"),
)  # fmt: skip
