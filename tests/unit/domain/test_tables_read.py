"""Which tables a step's SQL names."""

import pytest

from shared.config.standard_tables import TENANT_TABLES, standard_table
from shared.domain.destination import IngestDestination, TransformDestination
from shared.domain.plan import PlannedDq, PlannedIngest, PlannedStep, PlannedTransform
from shared.domain.rule import ExpressionRule, RowCountRule
from shared.domain.source import BigQuerySource, FilesSource
from shared.domain.tables_read import tables_read, unplanned_tables

TABLES = tuple(standard_table(name) for name in TENANT_TABLES)
RAW, TRANSFORMED, METRICS = TABLES


def transform(sql: str) -> PlannedTransform:
    return PlannedTransform(
        number=1,
        id="raw_data",
        needs=(),
        sql_name="raw_data",
        sql=sql,
        destination=TransformDestination(table="metrics", mode="append"),
        table=METRICS,
    )


def ingest(source: BigQuerySource | FilesSource) -> PlannedIngest:
    destination = IngestDestination(table="raw_data", mode="append")
    return PlannedIngest(
        number=1, id="i", needs=(), source_name="s", source=source, destination=destination, table=RAW
    )


def check(expression: str) -> PlannedDq:
    rules = (
        RowCountRule(id="metrics", type="row_count", minimum=1),
        ExpressionRule(id="known", type="expression", expression=expression),
    )
    return PlannedDq(number=1, id="c", needs=(), table=RAW, rules=rules, scope="table", on_failure="stop")


READ = {
    "a transform's": (transform("SELECT 1 FROM raw_data JOIN `acme.transformed_data` USING (x)"), 2),
    "its own destination": (transform("SELECT 1 FROM metrics"), 0),
    "a part of a word": (transform("SELECT 1 FROM raw_data_2 JOIN my_raw_data USING (x)"), 0),
    "a query's": (ingest(BigQuerySource(type="bigquery", query="SELECT 1 FROM transformed_data")), 1),
    "a source's": (ingest(BigQuerySource(type="bigquery", table="acme.transformed_data")), 1),
    "a file's": (ingest(FilesSource(type="files", path="metrics/raw_data.csv", format="csv")), 0),
    "a rule's": (check("service IN (SELECT service FROM transformed_data)"), 1),
}


@pytest.mark.parametrize(("step", "count"), READ.values(), ids=READ)
def test_a_step_reads_the_tables_that_its_sql_names(step: PlannedStep, count: int) -> None:
    found = tables_read(step, TABLES)

    assert found == tuple(table for table in (RAW, TRANSFORMED) if table != step.table)[:count]


def test_a_plan_keeps_the_tables_that_no_step_of_it_has() -> None:
    reads = transform("SELECT 1 FROM raw_data JOIN transformed_data USING (x)")
    writes = ingest(FilesSource(type="files", path="a.csv", format="csv"))

    assert unplanned_tables((reads, writes), TABLES) == (TRANSFORMED,)
