"""A tenant's table of charges with the platform's columns, and what is in it."""

from google.cloud import bigquery

from shared.domain.table import Column, Table

CHARGES = Table(
    name="charges",
    columns=(
        Column(name="tenant_id", type="STRING", mode="REQUIRED"),
        Column(name="pipeline_id", type="STRING", mode="REQUIRED"),
        Column(name="run_id", type="STRING", mode="REQUIRED"),
        Column(name="usage_date", type="DATE"),
        Column(name="service", type="STRING"),
        Column(name="cost", type="NUMERIC"),
        Column(name="data", type="JSON"),
    ),
)


def select(*charges: tuple[str, str | None, str]) -> str:
    """A query of these charges: day, service, cost; its `data` says the day as a moment, as AWS calls it."""
    rows = ", ".join(
        f"STRUCT(DATE '{day}' AS usage_date, {_text(service)} AS service, NUMERIC '{cost}' AS cost, "
        f'JSON \'{{"lineItem/UsageEndDate": "{day}T23:59:59Z"}}\' AS data)'
        for day, service, cost in charges
    )
    return f"SELECT usage_date, service, cost, data FROM UNNEST([{rows}])"


def charges_in(client: bigquery.Client, tenant: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """Pipeline, day, service and cost of every row, sorted."""
    rows = client.query_and_wait(
        "SELECT SPLIT(pipeline_id, '-')[SAFE_OFFSET(3)] AS pipeline, CAST(usage_date AS STRING) AS day, service, "
        f"CAST(cost AS STRING) AS cost FROM `{tenant}.charges` ORDER BY pipeline, day, service, cost"
    )
    return [(row["pipeline"], row["day"], row["service"], row["cost"]) for row in rows]


def _text(value: str | None) -> str:
    return "CAST(NULL AS STRING)" if value is None else f"'{value}'"
