"""Which rows of somebody else's table a window takes."""

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.bigquery_tables import BigQueryTables
from shared.config.standard_tables import standard_table
from shared.domain.destination import IngestDestination
from shared.domain.errors import StepError
from shared.domain.plan import PlannedIngest
from shared.domain.source import BigQuerySource
from shared.domain.window import Window
from shared.steps.ingest import ingest
from tests.contract.adapters.steps import attempt_at
from tests.fakes.reader import MemoryReader
from tests.fakes.watch import watch_over

USAGE = """\
SELECT * FROM UNNEST([
  STRUCT('2025-11-01' AS `usage day`, STRUCT('2025-11-01' AS `from-to`) AS period, 'a' AS sku),
  STRUCT('2025-11-07', STRUCT('2025-11-07'), 'b'),
  STRUCT('2025-11-08', STRUCT('2025-11-08'), 'c'),
  STRUCT(NULL, NULL, '1762000000')
])"""


@pytest.fixture
def used(client: bigquery.Client, tables: BigQueryTables, tenant: str) -> str:
    """A tenant with an empty raw_data, and a table of usage whose columns are called as people like."""
    tables.create_table(tenant, standard_table("raw_data"))
    client.query_and_wait(f"CREATE TABLE `{tenant}`.usage AS {USAGE}")
    return tenant


def carry_over(tenant: str, column: str, warehouse: BigQueryJobs) -> None:
    window = Window(column=column, parameter="date_range")
    step = PlannedIngest(
        number=1,
        id="ingest",
        needs=(),
        source_name="usage",
        source=BigQuerySource(type="bigquery", table=f"{tenant}.usage", window=window),
        destination=IngestDestination(table="raw_data", mode="append"),
        table=standard_table("raw_data"),
    )
    attempt = attempt_at(step, tenant=tenant)
    ingest(step, attempt, warehouse=warehouse, reader=MemoryReader({}), watch=watch_over(attempt, warehouse))


def skus_in(client: bigquery.Client, tenant: str) -> list[str]:
    sql = f"SELECT JSON_VALUE(data, '$.sku') AS sku FROM `{tenant}`.raw_data ORDER BY sku"
    return [row["sku"] for row in client.query_and_wait(sql)]


def test_a_window_goes_by_a_column_or_a_field_of_a_struct_whatever_they_are_called(
    client: bigquery.Client, warehouse: BigQueryJobs, used: str
) -> None:
    for column in ('"usage day"', 'period."from-to"'):
        carry_over(used, column, warehouse)

    assert skus_in(client, used) == ["a", "a", "b", "b"]


def test_a_value_that_is_no_day_fails_the_step_and_is_not_left_out(
    client: bigquery.Client, warehouse: BigQueryJobs, used: str
) -> None:
    with pytest.raises(StepError) as failure:
        carry_over(used, "sku", warehouse)

    assert "Invalid date" in str(failure.value)
    assert "1762000000" not in str(failure.value)
    assert skus_in(client, used) == []
