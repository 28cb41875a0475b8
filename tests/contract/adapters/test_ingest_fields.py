"""Fields of files that get another name and type on their way into a table that lacks one of them."""

from pathlib import Path

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.destination import IngestDestination
from shared.domain.plan import PlannedIngest
from shared.domain.source import FilesSource
from shared.domain.source_column import typed_columns
from shared.domain.table import Column, Table
from shared.steps.required_tables import require_tables
from tests.contract.adapters.stand_in import jobs_of
from tests.contract.adapters.steps import attempt_at, make_written
from tests.contract.adapters.test_ingest import carried_over

COSTS = Table(
    name="costs",
    columns=(Column(name="run_id", type="STRING"), Column(name="cost", type="NUMERIC")),
)
COLUMNS = {
    "cost": {"from": "lineItem/UnblendedCost", "type": "NUMERIC"},
    "usage_start": {"from": "lineItem/UsageStartDate", "type": "TIMESTAMP"},
    "is_credit": {"from": "credit", "type": "BOOLEAN"},
}


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_a_table_gets_the_columns_that_are_named_and_their_values(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path, mode: str
) -> None:
    make_written(tables, tenant, COSTS)
    path = files / "cur.csv"
    path.write_text(
        "lineItem/UnblendedCost,lineItem/UsageStartDate,credit\n"
        "0.000000825,2025-11-01T01:00:00+02:00,FALSE\n"
        "99999999999999999999999999999.999999999,,true\n"
    )
    source = FilesSource.model_validate(
        {"type": "files", "path": str(path), "format": "csv", "columns": COLUMNS}
    )
    destination = {"table": "costs", "mode": mode, "schema": {"new_columns": "add"}}
    step = PlannedIngest(
        number=1,
        id="ingest",
        needs=(),
        source_name="cur",
        source=source,
        destination=IngestDestination.model_validate(destination),
        table=COSTS.with_columns(typed_columns(source.columns)),
    )
    attempt = attempt_at(step, tenant=tenant)

    require_tables(attempt, warehouse=jobs_of(client))
    carried_over(client, attempt, files)

    found = client.query_and_wait(
        "SELECT CAST(cost AS STRING) AS cost, FORMAT_TIMESTAMP('%FT%TZ', usage_start) AS usage_start, is_credit "
        f"FROM `{tenant}.costs` ORDER BY cost"
    )
    assert [tuple(row.values()) for row in found] == [
        ("0.000000825", "2025-10-31T23:00:00Z", False),
        ("99999999999999999999999999999.999999999", None, True),
    ]
