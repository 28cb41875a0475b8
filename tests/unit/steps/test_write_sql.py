"""The statement of each mode, whole."""

# ruff: noqa: E501 - statements are compared as they are

import pytest
import sqlglot

from shared.config.standard_tables import TENANT_TABLES, standard_table
from shared.domain.destination import IngestDestination, TransformDestination
from shared.domain.table import Table
from shared.domain.window import Window
from shared.steps.write_sql import rows_statement, write_statement
from tests.unit.steps.attempts import DAILY, PRICES

DAYS = Window(column="day", parameter="days")


def written(table: Table, **destination: object) -> str:
    wanted = TransformDestination(table=table.name, **destination)
    sql = rows_statement(wanted, table=table, dataset="acme", rows="SELECT 1 AS cost -- rows")
    assert len(sqlglot.parse(sql, dialect="bigquery")) == 1
    return sql


def test_append_adds_rows() -> None:
    assert (
        written(DAILY, mode="append")
        == """\
-- Add a query's rows to a table.
INSERT INTO `acme`.`daily` (`pipeline_id`, `run_id`, `day`, `cost`)
SELECT @pipeline_id AS `pipeline_id`, @run_id AS `run_id`, S.`day` AS `day`, S.`cost` AS `cost`
FROM (
SELECT 1 AS cost -- rows
) AS S
"""
    )


def test_replace_swaps_the_pipelines_rows_of_the_window_in_one_statement() -> None:
    assert (
        written(DAILY, mode="replace", window=DAYS)
        == """\
-- Put a query's rows in place of the table's rows in scope, in one atomic statement. A row outside the scope would be
-- added again by every run and never replaced, so there must be none. That is looked at in a value, not in a condition:
-- conditions are in no order, and this one might be about rows that the query leaves out.
MERGE INTO `acme`.`daily` AS T
USING (
SELECT * REPLACE (CASE WHEN S.`day` BETWEEN @days_start AND @days_end THEN S.`day` WHEN S.`day` IS NULL THEN ERROR('A row to write has no value in day, by which the window goes') WHEN SAFE_CAST(S.`day` AS DATE) IS NULL THEN ERROR('A row to write has a value in day that can\\'t be read as date') ELSE ERROR('A row to write lies outside the window that is replaced') END AS `day`)
FROM (
SELECT @pipeline_id AS `pipeline_id`, @run_id AS `run_id`, S.`day` AS `day`, S.`cost` AS `cost`
FROM (
SELECT 1 AS cost -- rows
) AS S
) AS S
) AS S
ON FALSE
WHEN NOT MATCHED BY SOURCE AND T.`pipeline_id` = @pipeline_id AND T.`day` BETWEEN @days_start AND @days_end THEN DELETE
WHEN NOT MATCHED BY TARGET THEN INSERT (`pipeline_id`, `run_id`, `day`, `cost`) VALUES (`pipeline_id`, `run_id`, `day`, `cost`)
"""
    )


@pytest.mark.parametrize(
    ("destination", "in_turn"),
    [
        (TransformDestination(table="daily", mode="append"), False),
        (TransformDestination(table="daily", mode="replace"), True),
        (TransformDestination(table="daily", mode="merge", keys=("day",)), True),
    ],
)
def test_what_takes_the_place_of_rows_is_written_while_nobody_else_holds_the_lock(
    destination: TransformDestination, in_turn: bool
) -> None:
    rows = "SELECT 1 AS cost -- rows"

    sql = write_statement(destination, table=DAILY, dataset="acme", rows=rows)

    alone = rows_statement(destination, table=DAILY, dataset="acme", rows=rows)
    before, _, after = sql.partition(alone)
    waits, _, holds = before.partition("BEGIN TRANSACTION;\n")
    assert (
        "MERGE INTO `acme`.`daily_write_lock` AS T\n" in waits,
        "\nON T.table_name = S.table_name\n" in waits,
    ) == (
        in_turn,
        in_turn,
    )
    assert holds.startswith("UPDATE `acme`.`daily_write_lock` SET run_id = @run_id") is in_turn
    assert after == (";\nCOMMIT TRANSACTION\n" if in_turn else "")


@pytest.mark.parametrize(
    ("table", "window", "scope"),
    [
        (DAILY, None, "T.`pipeline_id` = @pipeline_id"),
        (PRICES, None, "TRUE"),
        (PRICES, Window(column="sku", parameter="days"), "SAFE_CAST(T.`sku` AS DATE) BETWEEN @days_start AND @days_end"),
        (
            standard_table("raw_data"),
            Window(column="data.at", parameter="days", read_as="timestamp"),
            ("T.`pipeline_id` = @pipeline_id AND "
            "(SAFE_CAST(JSON_VALUE(T.`data`, '$.at') AS TIMESTAMP) >= TIMESTAMP(@days_start) AND "
            "SAFE_CAST(JSON_VALUE(T.`data`, '$.at') AS TIMESTAMP) < TIMESTAMP(DATE_ADD(@days_end, INTERVAL 1 DAY)))"),
        ),
    ],
)  # fmt: skip
def test_what_is_replaced_are_rows_of_the_same_pipeline_in_the_window(
    table: Table, window: Window | None, scope: str
) -> None:
    destination = IngestDestination(table=table.name, mode="replace", window=window)

    sql = rows_statement(destination, table=table, dataset="acme", rows="SELECT 1 AS data")

    assert f"WHEN NOT MATCHED BY SOURCE AND {scope} THEN DELETE\n" in sql
    assert len(sqlglot.parse(sql, dialect="bigquery")) == 1


def test_merge_updates_rows_with_the_same_keys_of_the_same_pipeline() -> None:
    assert (
        written(DAILY, mode="merge", keys=("day",))
        == """\
-- Update the rows with the same keys, add the others. MERGE by itself would add rows whose keys are NULL again with
-- every run, and add several new rows with the same keys, which no later run could then tell apart. NULL is looked for
-- in a value, not in a condition: conditions are in no order, and this one might be about rows that the query leaves out.
MERGE INTO `acme`.`daily` AS T
USING (
SELECT *
FROM (
SELECT * REPLACE (CASE WHEN S.`pipeline_id` IS NULL THEN ERROR('A row to merge has NULL in pipeline_id, one of its keys') WHEN S.`day` IS NULL THEN ERROR('A row to merge has NULL in day, one of its keys') ELSE S.`day` END AS `day`)
FROM (
SELECT @pipeline_id AS `pipeline_id`, @run_id AS `run_id`, S.`day` AS `day`, S.`cost` AS `cost`
FROM (
SELECT 1 AS cost -- rows
) AS S
) AS S
) AS S
WHERE TRUE
QUALIFY IF(COUNT(*) OVER (PARTITION BY S.`pipeline_id`, S.`day`) > 1, ERROR('Several rows to merge have the same keys: pipeline_id, day'), TRUE)
) AS S
ON T.`pipeline_id` = S.`pipeline_id` AND T.`day` = S.`day`
WHEN MATCHED THEN UPDATE SET `run_id` = S.`run_id`, `cost` = S.`cost`
WHEN NOT MATCHED BY TARGET THEN INSERT (`pipeline_id`, `run_id`, `day`, `cost`) VALUES (`pipeline_id`, `run_id`, `day`, `cost`)
"""
    )


def test_a_key_may_be_inside_json_whatever_it_is_called() -> None:
    raw = standard_table("raw_data")

    sql = written(raw, mode="merge", keys=('data."lineItem/Id"',))

    value = """JSON_VALUE(S.`data`, '$."lineItem/Id"')"""
    assert (
        f"WHEN {value} IS NULL THEN ERROR('A row to merge has NULL in data.\"lineItem/Id\", one of its keys')"
        in sql
    )
    assert f"PARTITION BY S.`pipeline_id`, {value})" in sql
    assert f"ON T.`pipeline_id` = S.`pipeline_id` AND {value.replace('S.', 'T.')} = {value}\n" in sql
    assert "`data` = S.`data`" in sql


@pytest.mark.parametrize("name", TENANT_TABLES)
@pytest.mark.parametrize("mode", ["append", "replace"])
def test_every_standard_table_can_be_written(name: str, mode: str) -> None:
    sql = written(standard_table(name), mode=mode)

    assert "@tenant_id AS `tenant_id`" in sql
    assert "CURRENT_TIMESTAMP() AS `created_at`" in sql
