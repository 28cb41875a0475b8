"""A source that goes on from a cursor: each row is there once, as it was read last."""

from dataclasses import replace

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_tables import BigQueryTables
from shared.config.standard_tables import standard_table
from shared.domain.destination import IngestDestination
from shared.domain.errors import StepError
from shared.domain.plan import PlannedIngest
from shared.domain.table import Column, Table
from tests.contract.adapters.ingesting import LoggedRuns
from tests.contract.adapters.steps import attempt_at, make_written
from tests.fakes.reader import MemoryReader
from tests.fakes.sources import growing_orders

RAW = standard_table("raw_data")
TYPED = Table(
    name="orders",
    columns=(
        Column(name="pipeline_id", type="STRING"),
        Column(name="key", type="STRING"),
        Column(name="cursor", type="INTEGER"),
    ),
)


class Loading(LoggedRuns):
    """A pipeline that reads a growing source, and the log of its runs."""

    def __init__(self, client: bigquery.Client, tenant: str) -> None:
        reader = MemoryReader({})
        super().__init__(client, tenant, reader)
        self.source = reader.cursor_by_key

    def step(self, table: Table = TYPED, **words: object) -> PlannedIngest:
        return PlannedIngest(
            number=1,
            id="ingest",
            needs=(),
            source_name="orders",
            source=growing_orders(**words),
            destination=IngestDestination(
                table=table.name, mode="merge", keys=("key",) if table is TYPED else ("data.key",)
            ),
            table=table,
        )

    def rows(self, table: Table = TYPED) -> list[tuple[str, int]]:
        columns = "key, cursor" if table is TYPED else "JSON_VALUE(data.key), INT64(data.cursor)"
        sql = f"SELECT {columns} FROM `{self.tenant}.{table.name}` ORDER BY 1, 2"
        return [tuple(row.values()) for row in self.client.query_and_wait(sql)]


@pytest.fixture
def loading(client: bigquery.Client, tables: BigQueryTables, tenant: str) -> Loading:
    make_written(tables, tenant, RAW)
    make_written(tables, tenant, TYPED)
    return Loading(client, tenant)


@pytest.mark.parametrize("table", [RAW, TYPED], ids=["raw_data", "own_table"])
def test_what_was_changed_takes_its_own_place_and_what_was_read_is_left_alone(
    loading: Loading, table: Table
) -> None:
    step = loading.step(table)
    loading.source.update(a=1, b=2)

    assert loading.run(step) == 2
    loading.source.update(a=3, c=3)
    assert loading.run(step) == 3
    assert loading.rows(table) == [("a", 3), ("b", 2), ("c", 3)]

    del loading.source["a"], loading.source["c"]
    assert [loading.run(step), loading.run(step)] == [0, 0]
    loading.source.update(d=4)
    assert loading.run(step) == 1
    assert loading.rows(table) == [("a", 3), ("b", 2), ("c", 3), ("d", 4)]


def test_whatever_the_log_lost_and_however_often_it_is_run_each_row_is_there_once(loading: Loading) -> None:
    step, once = loading.step(), [("a", 1), ("b", 2)]
    loading.source.update(a=1, b=2)
    attempt = attempt_at(step, tenant=loading.tenant)

    assert [loading.run(step, is_remembered=False) for _ in range(2)] == [2, 2]
    assert loading.rows() == once
    attempt = replace(attempt, now=loading.clock.now())
    assert loading.carry(attempt) == 2
    assert loading.carry(replace(attempt, is_repeated=True)) == 2
    assert loading.rows() == once
    assert loading.run(step) == 1

    elsewhere = loading.step(host="new.example.com")
    longer = loading.step(incremental={"column": "cursor", "lag": 5})
    edited = [loading.run(each) for each in (longer, elsewhere, elsewhere, step)]
    assert edited == [1, 2, 1, 2]
    assert loading.rows() == once


def test_rows_with_the_same_keys_fail_the_step_and_leave_the_cursor_where_it_was(loading: Loading) -> None:
    step = loading.step()
    loading.source.update(a=1)
    loading.run(step)

    by_nothing = step.model_copy(
        update={"destination": IngestDestination(table="orders", mode="merge", keys=("pipeline_id",))}
    )
    loading.source.update(b=2, c=3)
    with pytest.raises(StepError, match="Several rows to merge have the same keys"):
        loading.run(by_nothing)
    assert loading.run(step) == 3
    assert loading.rows() == [("a", 1), ("b", 2), ("c", 3)]
