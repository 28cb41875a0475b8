"""A small tenant: its files, the rows of its sources, its keys."""

from pydantic import JsonValue

from shared.domain.api_key import ApiKey, hash_key
from shared.domain.pipeline import Address

TENANT = "acme"
KEY = "cdp_key_of_acme"
OTHER_KEY = "cdp_key_of_umbrella"
CHAIN = Address(tenant_id=TENANT, provider="demo", domain="cost", pipeline="chain")
GRAPH = Address(tenant_id=TENANT, provider="demo", domain="cost", pipeline="graph")

CHARGES: list[dict[str, JsonValue]] = [{"service": "a", "cost": "1.5"}, {"service": "b", "cost": None}]
CREDITS: list[dict[str, JsonValue]] = [{"service": "a", "cost": "-0.5"}]
ROWS_BY_PATH = {"charges.csv": CHARGES, "credits.csv": CREDITS}

FILES = {
    "acme/tenant.yml": "display_name: Acme\n",
    "acme/sources/charges.yml": "type: files\npath: charges.csv\nformat: csv\n",
    "acme/sources/credits.yml": "type: files\npath: credits.csv\nformat: csv\n",
    "acme/dq_rules/quality.yml": (
        "rules:\n"
        "  - {id: has_rows, type: row_count, minimum: 1}\n"
        "  - {id: has_cost, type: not_null, column: data.cost}\n"
    ),
    "acme/transforms/daily.sql": (
        "SELECT CURRENT_DATE() AS usage_date, 'a' AS provider, 'b' AS service, 'c' AS project, 'USD' AS currency,\n"
        "  NUMERIC '1' AS billed_cost, NUMERIC '0' AS credits, NUMERIC '1' AS net_cost, 1 AS charge_count\n"
        "FROM raw_data WHERE run_id = @run_id\n"
    ),
    "acme/pipelines/demo/cost/chain.yml": """\
parameters:
  days: {type: date_range, default: yesterday}
steps:
  - id: ingest_charges
    type: ingest
    source: charges
    destination: {table: raw_data, mode: append}
  - id: check
    type: dq
    table: raw_data
    rules: quality
  - id: daily
    type: transform
    sql: daily
    destination: {table: transformed_data, mode: replace, window: {column: usage_date, parameter: days}}
""",
    "acme/pipelines/demo/cost/graph.yml": """\
steps:
  - id: ingest_charges
    type: ingest
    needs: []
    source: charges
    destination: {table: raw_data, mode: append}
  - id: ingest_credits
    type: ingest
    needs: []
    source: credits
    destination: {table: raw_data, mode: append}
  - id: daily
    type: transform
    needs: [ingest_charges, ingest_credits]
    sql: daily
    destination: {table: transformed_data, mode: replace}
  - id: check
    type: dq
    needs: [ingest_charges]
    table: raw_data
    rules: quality
""",
    "umbrella/tenant.yml": "display_name: Umbrella\n",
}


def key_of(tenant_id: str, key: str) -> ApiKey:
    """An active key that never expires, as it is kept."""
    return ApiKey(
        api_key_hash=hash_key(key),
        tenant_id=tenant_id,
        description=None,
        last4=key[-4:],
        is_active=True,
        created_at=None,
        created_by=None,
        expires_at=None,
    )
