"""What Google's analyzer says of SQL is what BigQuery says of the statements that are made of it."""

from functools import cache
from typing import get_args

import pytest

from local.bigquery.googlesql.analyzer import Analyzer, NamedTable
from local.bigquery.googlesql.library import Library
from local.bigquery.googlesql.types import GoogleType, type_of_rest
from local.bigquery.problem import ApiError
from shared.config.beyond import Analysis, Refusal
from shared.config.standard_tables import standard_table
from shared.domain.destination import TransformDestination
from shared.domain.sql_place import author_place
from shared.domain.sql_text import plain_select
from shared.domain.table import Column, ColumnType, Table
from shared.steps.write_sql import rows_statement, write_statement
from tests.unit.cli.mistake_cases import analyzer

RAW = standard_table("raw_data")
PARAMETERS = ("run_id", "tenant_id", "pipeline_id")
TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
DESTINATIONS = [
    TransformDestination(table="daily", mode="append"),
    TransformDestination(table="daily", mode="replace"),
    TransformDestination(table="daily", mode="merge", keys=("key",)),
]


def daily(kind: ColumnType) -> Table:
    return Table(name="daily", columns=(Column(name="key", type="STRING"), Column(name="value", type=kind)))


def refusal_of(statement: str, table: Table) -> str | None:
    """What is said of the statement that a transform step submits."""
    tables = {
        ("acme", table.name): NamedTable(_columns(table)),
        ("raw_data",): NamedTable(_columns(RAW)),
    }
    try:
        stand_in().analyze(statement, tables, parameters=dict.fromkeys(PARAMETERS, GoogleType("STRING")))
    except ApiError as error:
        return error.message
    return None


@cache
def stand_in() -> Analyzer:
    """The one that statements are submitted to."""
    return Analyzer(Library())


def _columns(table: Table) -> tuple[tuple[str, GoogleType], ...]:
    return tuple((column.name, type_of_rest({"type": column.type})) for column in table.columns)


# A replacement is a MERGE, too.
@pytest.mark.parametrize("destination", [DESTINATIONS[0], DESTINATIONS[2]], ids=lambda each: each.mode)
@pytest.mark.parametrize("kind", TYPES)
def test_a_column_takes_what_the_statement_that_writes_it_takes(
    destination: TransformDestination, kind: ColumnType
) -> None:
    table = daily(kind)
    given = {each: type_of_rest({"type": each}).sql for each in TYPES}

    said = {each: analyzer().takes(kind, sql) for each, sql in given.items()}

    if destination.mode == "append":
        rows = {each: f"SELECT 'k' AS key, CAST(NULL AS {sql}) AS value" for each, sql in given.items()}
    else:  # one that is taken, and one that isn't, is enough of what costs more
        chosen = {value: each for each, value in said.items()}
        rows = {each: f"SELECT 'k' AS key, CAST(NULL AS {given[each]}) AS value" for each in chosen.values()}
    statements = {
        each: rows_statement(destination, table=table, dataset="acme", rows=sql) for each, sql in rows.items()
    }
    assert {each: refusal_of(sql, table) is None for each, sql in statements.items()} == {
        each: said[each] for each in rows
    }


@pytest.mark.parametrize("destination", DESTINATIONS, ids=lambda each: each.mode)
def test_what_fails_in_a_run_is_at_the_place_that_validation_tells(destination: TransformDestination) -> None:
    file = "-- Why, and for whom: 日本.\n\nSELECT 'k' AS key,\n\tIF('é' = 'è', NULL, dta) AS value\nFROM raw_data;\n"
    rows = plain_select(file)
    told = analyzer().analyze(rows, tables={("raw_data",): RAW}, parameters={})
    statement = write_statement(destination, table=daily("JSON"), dataset="acme", rows=rows)
    own = rows_statement(destination, table=daily("JSON"), dataset="acme", rows=rows)

    # The places are those in the whole script.
    message = refusal_of("\n" * statement.partition(own)[0].count("\n") + own, daily("JSON"))

    assert isinstance(told, Refusal)
    assert (
        author_place(message or "", statement=statement, text=rows)[0] == (told.line, told.column) == (4, 22)
    )


def test_the_columns_of_a_select_have_names_and_types() -> None:
    sql = "SELECT 1 AS a, [STRUCT(NUMERIC '1' AS b)] AS c, NULL AS d, data FROM raw_data"

    assert analyzer().analyze(sql, tables={("raw_data",): RAW}, parameters={}) == Analysis(
        (("a", "INT64"), ("c", "ARRAY<STRUCT<b NUMERIC>>"), ("d", "INT64"), ("data", "JSON"))
    )


@pytest.mark.parametrize(
    "sql", ["SELECT SEARCH('a', 'b')", "SELECT ST_GEOGPOINT(1, 2) AS x", "SELECT 1; SELECT 2"]
)
def test_what_the_analyzer_may_not_know_is_not_judged_by_it(sql: str) -> None:
    found = analyzer().analyze(sql, tables={}, parameters={})

    assert found is None or (isinstance(found, Refusal) and found.message.startswith("Syntax error"))
