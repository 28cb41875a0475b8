"""An ingest step whose source has no rows: done with success, as any other."""

import pytest

from shared.domain.table import Table
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import MemoryWarehouse
from tests.unit.steps.attempts import PRICES, RAW, attempt_at, jobs_of
from tests.unit.steps.test_ingest import FILES, carry, step_of

NOTHING = MemoryReader({"x.csv": []})


@pytest.mark.parametrize("table", [RAW, PRICES], ids=["raw_data", "own_table"])
def test_nothing_is_appended_by_a_load_job_of_no_rows(table: Table) -> None:
    warehouse, step = MemoryWarehouse(), step_of(FILES, table, mode="append")

    result = carry(attempt_at(step), warehouse, reader=NOTHING)

    assert jobs_of(warehouse) == [("_1_1", "LoadJob")]
    assert list(warehouse.loaded.values()) == [[]]
    assert (result.metrics.rows_in, result.metrics.rows_out) == (0, 0)


@pytest.mark.parametrize("table", [RAW, PRICES], ids=["raw_data", "own_table"])
def test_nothing_replaces_what_was_there_in_the_same_order_as_rows_do(table: Table) -> None:
    warehouse, step = MemoryWarehouse(), step_of(FILES, table, mode="replace")

    result = carry(attempt_at(step), warehouse, reader=NOTHING)

    assert [kind for _, kind in jobs_of(warehouse)] == ["QueryJob", "LoadJob", "QueryJob", "QueryJob"]
    assert list(warehouse.loaded.values()) == [[]]
    assert (result.metrics.rows_in, result.metrics.rows_out) == (0, 0)
