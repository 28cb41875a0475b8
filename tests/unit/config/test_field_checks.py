"""What a source's columns and a destination's schema may say of the table."""

from shared.config.recipe import load_recipe
from shared.config.tenant_folder import check_tenant
from shared.domain.pipeline import Recipe
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder

TABLE = """\
name: costs
columns:
  - {name: pipeline_id, type: STRING}
  - {name: day, type: DATE}
  - {name: cost, type: NUMERIC}
"""
SOURCE = "type: files\npath: charges.csv\nformat: csv\n"
BILLING = "type: bigquery\nquery: SELECT 1 AS cost\n"
FIRST = "  - {id: ingest, type: ingest, source: charges, destination: {table: costs, mode: append%s}}\n"


def folder(source: str, schema: str = "", *, table: str = "costs") -> MemoryFolder:
    step = FIRST.replace("table: costs", f"table: {table}") % (f", schema: {schema}" if schema else "")
    return MemoryFolder(
        {
            "acme/tenant.yml": FILES["acme/tenant.yml"],
            "acme/schemas/costs.yml": TABLE,
            "acme/dq_rules/quality.yml": "rules:\n  - {id: has_team, type: not_null, column: team}\n",
            "acme/sources/charges.yml": source,
            "acme/pipelines/demo/cost/chain.yml": f"steps:\n{step}",
        }
    )


def problems(source: str, schema: str = "", *, table: str = "costs") -> list[str]:
    found = check_tenant(folder(source, schema, table=table), "acme")
    return [str(problem).removeprefix("configs/acme/") for problem in found]


def recipe(source: str, schema: str) -> Recipe:
    return load_recipe(folder(source, schema), CHAIN)


def test_columns_that_the_table_has_are_right() -> None:
    columns = "columns:\n  cost: {from: lineItem/UnblendedCost, type: INTEGER}\n  day: {from: Day}\n"

    assert problems(SOURCE + columns) == []
    assert problems(SOURCE + columns, "{new_columns: ignore}") == []


def test_a_column_that_the_table_lacks_comes_with_the_nearest() -> None:
    assert problems(SOURCE + "columns:\n  csot: {from: Cost}\n") == [
        (
            "sources/charges.yml:5:3: columns.csot: 'csot' is not a column of costs that rows fill; "
            "use one of cost, day. Did you mean 'cost'?"
        )
    ]


def test_a_column_of_another_type_and_one_of_the_platform_are_told() -> None:
    columns = "columns:\n  cost: {type: STRING}\n  pipeline_id: {from: Pipeline}\n"

    assert problems(SOURCE + columns) == [
        "sources/charges.yml:5:16: columns.cost.type: 'cost' is NUMERIC in costs, and not STRING",
        "sources/charges.yml:6:3: columns.pipeline_id: the platform fills in 'pipeline_id' of costs itself",
    ]


def test_words_that_are_wrong_come_with_the_nearest() -> None:
    assert problems(SOURCE + "columns:\n  cost: {form: Cost, type: BIGNUM}\n", "{new_colums: ad}") == [
        (
            "pipelines/demo/cost/chain.yml:2:100: steps[0].destination.schema.new_colums: 'new_colums' is not a known "
            "key; use one of new_columns, breaking_rows. Did you mean 'new_columns'?"
        ),
        (
            "sources/charges.yml:5:10: columns.cost.form: 'form' is not a known key; use one of from, type, optional. "
            "Did you mean 'from'?"
        ),
        (
            "sources/charges.yml:5:28: columns.cost.type: 'BIGNUM' is not allowed; use one of STRING, INTEGER, "
            "NUMERIC, BIGNUMERIC, FLOAT, BOOLEAN, DATE, DATETIME, TIMESTAMP, JSON. Did you mean 'BIGNUMERIC'?"
        ),
    ]


def test_a_table_gets_the_columns_that_have_a_type_and_steps_know_them() -> None:
    columns = "columns:\n  team: {from: Team, type: STRING}\n  big: {type: BIGNUMERIC}\n"

    found = recipe(SOURCE + columns, "{new_columns: add}").tables["costs"]

    assert [(column.name, column.type, column.mode) for column in found.columns][3:] == [
        ("team", "STRING", "NULLABLE"),
        ("big", "BIGNUMERIC", "NULLABLE"),
    ]
    assert problems(SOURCE + "columns:\n  team: {from: Team}\n", "{new_columns: add}") == [
        "sources/charges.yml:5:3: columns.team: 'type' is missing: costs gets 'team', and a column has one"
    ]


def test_a_schema_is_refused_where_it_says_nothing() -> None:
    place = "pipelines/demo/cost/chain.yml:2:91: steps[0].destination.schema"

    assert problems(BILLING, "{new_columns: add}") == [
        f"{place}: says nothing about a source in BigQuery: its query says which columns there are"
    ]
    assert problems(SOURCE + "columns:\n  cost: {from: Cost}\n", "{new_columns: add}", table="raw_data") == [
        f"{place.replace('91', '103')}.new_columns: says nothing about raw_data, which keeps every row whole"
    ]
    assert problems(SOURCE + "columns:\n  cost: {from: Cost}\n", table="raw_data") == []


def test_a_column_of_the_files_names_is_declared_and_not_added_by_a_field() -> None:
    columns = "columns:\n  source_file: {from: File, type: STRING}\n"

    assert problems(SOURCE + columns, "{new_columns: add}") == [
        (
            "sources/charges.yml:5:3: columns.source_file: the platform fills in 'source_file' of every table that has "
            "it; choose another name"
        )
    ]
