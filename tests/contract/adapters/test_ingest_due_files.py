"""Files of which only what is new, or was changed, is loaded: each file's rows are there once."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_tables import BigQueryTables
from shared.config.standard_tables import standard_table
from shared.domain.destination import IngestDestination
from shared.domain.errors import StepError
from shared.domain.plan import PlannedIngest
from shared.domain.quarantine import quarantine_of
from shared.domain.source import FilesSource
from shared.domain.table import Column, Table
from tests.contract.adapters.ingesting import LoggedRuns, disk_reader
from tests.contract.adapters.steps import attempt_at, make_written
from tests.fakes.clock import SetClock
from tests.fakes.log import MemoryLog

RAW = standard_table("raw_data")
TYPED = Table(
    name="charges",
    columns=(
        Column(name="pipeline_id", type="STRING"),
        Column(name="taken_file", type="STRING"),
        Column(name="a", type="INTEGER"),
        Column(name="source_file", type="STRING"),
    ),
)


class Loading(LoggedRuns):
    """A pipeline that loads the files of a folder, and the log of its runs."""

    def __init__(self, client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path) -> None:
        super().__init__(client, tenant, disk_reader(files))
        self.tables, self.files = tables, files

    def step(
        self,
        load: str = "changed",
        table: Table = RAW,
        *,
        mode: str = "append",
        breaking_rows: str = "fail",
        **told: object,
    ) -> PlannedIngest:
        source = FilesSource.model_validate(
            {"type": "files", "path": f"{self.files}/*.csv", "format": "csv", "load": load, **told}
        )
        return PlannedIngest(
            number=1,
            id="ingest",
            needs=(),
            source_name="files",
            source=source,
            destination=IngestDestination.model_validate(
                {"table": table.name, "mode": mode, "schema": {"breaking_rows": breaking_rows}}
            ),
            table=table,
        )

    def put(self, name: str, *values: object) -> None:
        (self.files / name).write_text("".join(f"{line}\n" for line in ("a", *values)))

    def rows(self, table: Table = RAW) -> dict[tuple[str, str], int]:
        """How often each value of each file is there."""
        value = "JSON_VALUE(data, '$.a')" if table is RAW else "CAST(a AS STRING)"
        sql = f"SELECT source_file, {value} AS a FROM `{self.tenant}.{table.name}`"
        return dict(
            Counter(
                (Path(row["source_file"] or "").name, row["a"]) for row in self.client.query_and_wait(sql)
            )
        )

    def set_aside(self, table: Table) -> dict[tuple[str, str], int]:
        """How often each value of each file is set aside."""
        sql = f"SELECT source_file, JSON_VALUE(data, '$.a') AS a FROM `{self.tenant}.{quarantine_of(table).name}`"
        return dict(
            Counter((Path(row["source_file"]).name, row["a"]) for row in self.client.query_and_wait(sql))
        )


@pytest.fixture
def loading(client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path) -> Loading:
    for path in files.glob("*.csv"):
        path.unlink()
    make_written(tables, tenant, RAW)
    make_written(tables, tenant, TYPED)
    return Loading(client, tables, tenant, files)


@pytest.mark.parametrize("table", [RAW, TYPED], ids=["raw_data", "own_table"])
def test_what_was_loaded_is_not_loaded_again_and_what_changed_takes_its_own_place(
    loading: Loading, table: Table
) -> None:
    changed, new = loading.step("changed", table), loading.step("new", table)
    odd = "b 'ü\"`$x.csv"
    loading.put("a.csv", 1, 2)
    loading.put(odd, 3)

    assert loading.run(new) == 3
    assert loading.rows(table) == {("a.csv", "1"): 1, ("a.csv", "2"): 1, (odd, "3"): 1}
    assert [loading.run(new), loading.run(changed)] == [0, 0]

    loading.put("a.csv", 1, 1, 4)
    loading.put("c.csv", 5)
    assert loading.run(new) == 1
    assert loading.run(changed) == 3
    assert loading.rows(table) == {("a.csv", "1"): 2, ("a.csv", "4"): 1, (odd, "3"): 1, ("c.csv", "5"): 1}

    loading.put("a.csv")
    (loading.files / "c.csv").unlink()
    assert loading.run(changed) == 0
    assert loading.rows(table) == {(odd, "3"): 1, ("c.csv", "5"): 1}
    assert [loading.run(new), loading.run(changed)] == [0, 0]


@pytest.mark.parametrize("table", [RAW, TYPED], ids=["raw_data", "own_table"])
def test_a_changed_file_s_rows_take_the_place_of_those_that_were_set_aside_too(
    loading: Loading, table: Table
) -> None:
    loading.tables.create_table(loading.tenant, quarantine_of(table))
    step = loading.step("changed", table, breaking_rows="quarantine", columns={"a": {"type": "INTEGER"}})

    def both() -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        return loading.rows(table), loading.set_aside(table)

    loading.put("a.csv", 1, "x", "y")
    loading.put("b.csv", 3, "z")
    assert loading.run(step, is_remembered=False) == 2
    assert loading.run(step) == 2
    assert both() == (
        {("a.csv", "1"): 1, ("b.csv", "3"): 1},
        {("a.csv", "x"): 1, ("a.csv", "y"): 1, ("b.csv", "z"): 1},
    )
    assert loading.run(step) == 0

    loading.put("a.csv", 1, 2, "y")
    assert loading.run(step) == 2
    assert both() == (
        {("a.csv", "1"): 1, ("a.csv", "2"): 1, ("b.csv", "3"): 1},
        {("a.csv", "y"): 1, ("b.csv", "z"): 1},
    )

    loading.put("a.csv")
    assert loading.run(step) == 0
    assert both() == ({("b.csv", "3"): 1}, {("b.csv", "z"): 1})


def test_whatever_the_log_lost_and_however_often_it_is_run_each_file_is_there_once(loading: Loading) -> None:
    loading.put("a.csv", 1, 2)
    loading.put("b.csv", 3)
    step, once = loading.step(), {("a.csv", "1"): 1, ("a.csv", "2"): 1, ("b.csv", "3"): 1}
    attempt = attempt_at(step, tenant=loading.tenant)

    assert [loading.run(step, is_remembered=False) for _ in range(2)] == [3, 3]
    assert loading.rows() == once
    attempt = replace(attempt, now=loading.clock.now())
    assert [loading.carry(attempt), loading.carry(replace(attempt, is_repeated=True))] == [3, 3]
    assert loading.rows() == once

    edited = loading.step(delimiter=";")
    assert [loading.run(edited), loading.run(edited), loading.run(step)] == [3, 0, 3]
    assert loading.rows() == once


def test_another_pipelines_rows_of_a_file_are_its_own(loading: Loading) -> None:
    loading.put("a.csv", 1)

    assert [loading.run(loading.step(), pipeline=name) for name in ("export", "other")] == [1, 1]
    loading.put("a.csv", 2)
    assert loading.run(loading.step()) == 1

    assert loading.rows() == {("a.csv", "1"): 1, ("a.csv", "2"): 1}


def test_a_table_that_was_made_anew_is_filled_anew(loading: Loading) -> None:
    loading.clock = SetClock(datetime.now(tz=UTC) - timedelta(days=1))
    loading.log = MemoryLog(loading.clock)
    loading.put("a.csv", 1)
    assert loading.run(loading.step()) == 1
    loading.client.delete_table(f"{loading.tenant}.raw_data")
    make_written(loading.tables, loading.tenant, RAW)
    loading.clock.advance(timedelta(days=1))

    assert [loading.run(loading.step()) for _ in range(2)] == [1, 0]

    assert loading.rows() == {("a.csv", "1"): 1}


def test_rows_that_say_of_no_file_are_not_taken_for_another_ones(loading: Loading) -> None:
    loading.put("a.csv", 1)
    loading.run(loading.step("all"))
    table = f"`{loading.tenant}.raw_data`"
    loading.client.query_and_wait(f"UPDATE {table} SET source_file = NULL WHERE TRUE")

    with pytest.raises(StepError, match=r"raw_data holds rows of this pipeline that don't say of which file"):
        loading.run(loading.step())

    assert loading.rows() == {("", "1"): 1}


@pytest.mark.parametrize("table", [RAW, TYPED], ids=["raw", "typed"])
def test_every_row_says_its_file_whatever_is_loaded_and_how(loading: Loading, table: Table) -> None:
    make_written(loading.tables, loading.tenant, table)
    loading.put("a.csv", 1, 2)
    loading.put("empty.csv")
    loading.put("ü.csv", 3)
    found = {("a.csv", "1"): 1, ("a.csv", "2"): 1, ("ü.csv", "3"): 1}

    loading.run(loading.step("all", table))
    assert loading.rows(table) == found
    loading.run(loading.step("all", table, mode="replace"))
    assert loading.rows(table) == found
    loading.run(loading.step("all", table))
    assert loading.rows(table) == dict.fromkeys(found, 2)
    # Whoever remembers files from now on finds the rows of each.
    loading.run(loading.step("changed", table))
    assert loading.rows(table) == found


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize("table", [RAW, TYPED], ids=["raw", "typed"])
def test_rows_beside_those_that_are_set_aside_say_their_file_too(
    loading: Loading, table: Table, mode: str
) -> None:
    for each in (table, quarantine_of(table)):
        make_written(loading.tables, loading.tenant, each)
    loading.put("a.csv", 1, "x")
    loading.put("b.csv", 2)

    columns = {"a": {"type": "INTEGER"}}
    loading.run(loading.step("all", table, mode=mode, breaking_rows="quarantine", columns=columns))

    assert loading.rows(table) == {("a.csv", "1"): 1, ("b.csv", "2"): 1}
    assert loading.set_aside(table) == {("a.csv", "x"): 1}


DATED = TYPED.model_copy(
    update={"name": "dated", "columns": (*TYPED.columns, Column(name="dt", type="DATE"))}
)


@pytest.mark.parametrize("table", [RAW, DATED], ids=["raw", "typed"])
@pytest.mark.parametrize("breaking_rows", ["fail", "quarantine"])
def test_rows_have_what_their_folders_say_and_a_changed_file_takes_its_own_place(
    loading: Loading, table: Table, breaking_rows: str
) -> None:
    for each in (table, quarantine_of(table)):
        make_written(loading.tables, loading.tenant, each)
    for folder, number in (("dt=2025-05-01", 1), ("dt=__HIVE_DEFAULT_PARTITION__", 2)):
        (loading.files / folder).mkdir(exist_ok=True)
        loading.put(f"{folder}/a.csv", number)
    told: dict[str, Any] = {
        "path": f"{loading.files}/dt=*/*.csv",
        "folders": ["dt"],
        "columns": {"a": {"type": "INTEGER"}},
    }
    day = "JSON_VALUE(data, '$.dt')" if table is RAW else "CAST(dt AS STRING)"
    value = "JSON_VALUE(data, '$.a')" if table is RAW else "CAST(a AS STRING)"
    sql = f"SELECT {day} AS dt, {value} AS a FROM `{loading.tenant}.{table.name}`"

    def rows() -> Counter[tuple[str | None, str]]:
        return Counter((row["dt"], row["a"]) for row in loading.client.query_and_wait(sql))

    loading.run(loading.step("changed", table, breaking_rows=breaking_rows, **told))
    assert rows() == {("2025-05-01", "1"): 1, (None, "2"): 1}
    loading.put("dt=2025-05-01/a.csv", 3, 4)
    assert loading.run(loading.step("changed", table, breaking_rows=breaking_rows, **told)) == 2
    assert rows() == {("2025-05-01", "3"): 1, ("2025-05-01", "4"): 1, (None, "2"): 1}
    loading.run(loading.step("all", table, mode="replace", breaking_rows=breaking_rows, **told))
    assert rows() == {("2025-05-01", "3"): 1, ("2025-05-01", "4"): 1, (None, "2"): 1}


def test_a_path_that_matches_nothing_fails_as_ever(loading: Loading) -> None:
    with pytest.raises(StepError, match=r"^No file matches '"):
        loading.run(loading.step())
