"""Which tables a step's SQL names."""

import pytest

from shared.config.standard_tables import TENANT_TABLES, standard_table
from shared.domain.destination import IngestDestination, TransformDestination
from shared.domain.event import Metrics, RunQueued, StepSucceeded
from shared.domain.plan import PlannedDq, PlannedIngest, PlannedStep, PlannedTransform
from shared.domain.planning import plan_of_rest
from shared.domain.rule import Rule
from shared.domain.rules.any_rule import OtherColumn
from shared.domain.rules.expression import ExpressionRule
from shared.domain.rules.foreign_key import ForeignKeyRule
from shared.domain.rules.row_count import RowCountRule
from shared.domain.source import BigQuerySource, FilesSource
from shared.domain.tables_read import tables_read, unplanned_tables
from tests.fakes.runs import folded
from tests.unit.domain.histories import at, of_step, plan_of

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


def check(expression: str, *named: Rule) -> PlannedDq:
    rules = (
        RowCountRule(id="metrics", type="row_count", minimum=1),
        ExpressionRule(id="known", type="expression", expression=expression),
        *named,
    )
    return PlannedDq(number=1, id="c", needs=(), table=RAW, rules=rules, scope="table", on_failure="stop")


KNOWN: Rule = ForeignKeyRule(
    id="known_too",
    type="foreign_key",
    column="data.service",
    references=OtherColumn(table="transformed_data", column="service"),
)
READ = {
    "a transform's": (transform("SELECT 1 FROM raw_data JOIN `acme.transformed_data` USING (x)"), 2),
    "its own destination": (transform("SELECT 1 FROM metrics"), 0),
    "a part of a word": (transform("SELECT 1 FROM raw_data_2 JOIN my_raw_data USING (x)"), 0),
    "a query's": (ingest(BigQuerySource(type="bigquery", query="SELECT 1 FROM transformed_data")), 1),
    "a source's": (ingest(BigQuerySource(type="bigquery", table="acme.transformed_data")), 1),
    "a file's": (ingest(FilesSource(type="files", path="metrics/raw_data.csv", format="csv")), 0),
    "a rule's": (check("service IN (SELECT service FROM transformed_data)"), 1),
    "one that a rule names": (check("TRUE", KNOWN), 1),
}


@pytest.mark.parametrize(("step", "count"), READ.values(), ids=READ)
def test_a_step_reads_the_tables_that_its_sql_names(step: PlannedStep, count: int) -> None:
    found = tables_read(step, TABLES)

    assert found == tuple(table for table in (RAW, TRANSFORMED) if table != step.table)[:count]


def test_a_plan_keeps_the_tables_that_no_step_of_it_has() -> None:
    reads = transform("SELECT 1 FROM raw_data JOIN transformed_data USING (x)")
    writes = ingest(FilesSource(type="files", path="a.csv", format="csv"))

    assert unplanned_tables((reads, writes), TABLES) == (TRANSFORMED,)


def test_the_rest_of_a_run_knows_the_tables_that_steps_before_it_were_about() -> None:
    load = ingest(BigQuerySource(type="bigquery", query="SELECT 1"))
    services = load.model_copy(update={"number": 2, "id": "step_2", "table": TRANSFORMED})
    judge = check("TRUE", KNOWN).model_copy(update={"number": 3})
    steps = (load.model_copy(update={"id": "step_1"}), services, judge)
    made = plan_of().model_copy(update={"steps": steps})
    queued = RunQueued(**at(0), trigger="api", triggered_by="me", request_hash="x", plan=made)
    done = [StepSucceeded(**of_step(number), metrics=Metrics()) for number in (1, 2)]

    rest = plan_of_rest(folded([queued, *done]))

    assert [step.id for step in rest.steps] == ["c"]
    assert rest.tables == (TRANSFORMED,)
