"""What is said about the sources, rules and transforms that a pipeline names."""

import pytest

from shared.config.recipe import load_recipe
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import (
    OUT_OF_SCOPE,
    PIPELINE,
    REST,
    RULES,
    SOURCE,
    SQL,
    changed,
    problems_of,
)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT *\nFROM metadata.api_keys", f"2:6: names 'metadata.api_keys', {OUT_OF_SCOPE}"),
        ("SELECT * FROM umbrella.raw_data", f"1:15: names 'umbrella.raw_data', {OUT_OF_SCOPE}"),
        (
            "SELECT * FROM INFORMATION_SCHEMA.TABLES",
            "1:15: reads INFORMATION_SCHEMA, which shows more than this tenant's own tables",
        ),
        (
            "SELECT * FROM EXTERNAL_QUERY('a', 'b')",
            "1:1: calls a table function; only tables and UNNEST may be read from",
        ),
        (
            "SELECT metadata.reveal(1)",
            "1:8: calls a function of another dataset; only built-in functions may be called",
        ),
        (
            "SELECT 1; DROP TABLE raw_data",
            "1:1: must be exactly one SELECT statement, which may begin with WITH",
        ),
        (
            "DELETE FROM raw_data WHERE TRUE",
            "1:1: must be exactly one SELECT statement, which may begin with WITH",
        ),
    ],
)
def test_a_transform_is_one_select_over_the_tenants_own_tables(sql: str, expected: str) -> None:
    assert problems_of({**FILES, SQL: sql}) == [f"{SQL}:{expected}"]


def test_a_transform_is_sent_as_it_was_checked() -> None:
    select = FILES[SQL].strip()

    recipe = load_recipe(MemoryFolder({**FILES, SQL: f"/* it's */ {select}; -- why\n"}), CHAIN)

    # Every character of it stays in its line and column, by which BigQuery's errors are told.
    assert recipe.transforms["daily"] == f"{' ' * len('/* it is */')}{select}"


def test_a_transform_that_could_be_read_in_two_ways_is_refused() -> None:
    expected = f"{SQL}:2:3: write names in backquotes without a backslash"

    assert problems_of({**FILES, SQL: "SELECT\n  `a\\` /*` FROM umbrella.raw_data -- */"}) == [expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "type: bigquery\ntable: metadata.api_keys\n",
            "2:8: table: 'metadata.api_keys' may not be read by this tenant",
        ),
        (
            "type: bigquery\ntable: my-project.umbrella.raw_data\n",
            "2:8: table: 'my-project.umbrella.raw_data' may not be read by this tenant",
        ),
        (
            "type: bigquery\nquery: |\n  SELECT 1\n  FROM umbrella.raw_data\n",
            f"2:1: query: line 2: names 'umbrella.raw_data', {OUT_OF_SCOPE}",
        ),
        ("type: bigquery\ntable: a.b\nquery: SELECT 1\n", "1:1: needs either 'table' or 'query'"),
        (
            "type: bigquery\ntable: a.b\nwindow: {column: d, parameter: range}\n",
            "3:32: window.parameter: 'range' is not a date_range parameter of this pipeline; use days",
        ),
        (
            REST.replace("{secret: key}", "abc"),
            "2:73: client.auth.token: 'token' is a secret; write {secret: name} and keep it in secrets/",
        ),
        (
            REST.replace("days_start", "day_start"),
            (
                "4:71: resources[0].endpoint.params.start.parameter: 'day_start' is not a parameter of this pipeline, "
                "or an end of its date range; use one of days_end, days_start. Did you mean 'days_start'?"
            ),
        ),
        (
            REST.replace("format: unix", "format: epoch"),
            (
                "4:91: resources[0].endpoint.params.start.format: 'epoch' is not allowed; use one of date, rfc3339, "
                "unix"
            ),
        ),
        (
            f"{REST}  - {{name: usage, endpoint: {{paginator: single_page, data_selector: data}}}}\n",
            "3:1: resources: there are several resources; 'resource' must say whose rows are meant",
        ),
    ],
)
def test_what_is_wrong_in_a_source_is_said_with_its_place(source: str, expected: str) -> None:
    assert problems_of({**FILES, SOURCE: source}) == [f"{SOURCE}:{expected}"]


def test_a_secret_that_was_written_out_is_not_repeated() -> None:
    (problem,) = problems_of({**FILES, SOURCE: REST.replace("{secret: key}", "hunter2")})

    assert "hunter2" not in problem


@pytest.mark.parametrize(
    "source",
    [
        REST,
        "type: bigquery\ntable: billing.export\n",
        "type: bigquery\nquery: SELECT 1 FROM billing.export\n",
    ],
)
def test_a_source_may_be_an_api_or_somebody_elses_table(source: str) -> None:
    recipe = load_recipe(MemoryFolder({**FILES, SOURCE: source}), CHAIN)

    assert list(recipe.sources) == ["charges"]


def test_a_transform_may_read_the_tables_of_the_tenants_sources() -> None:
    files = {**FILES, "acme/sources/billing.yml": "type: bigquery\ntable: billing.export\n"}

    recipe = load_recipe(MemoryFolder({**files, SQL: "SELECT * FROM billing.export"}), CHAIN)

    assert recipe.transforms == {"daily": "SELECT * FROM billing.export"}


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            "dat.cost",
            (
                "'dat' is not a column of raw_data; use one of created_at, data, ingestion_date, pipeline_id, run_id, "
                "source_file, tenant_id. Did you mean 'data'?"
            ),
        ),
        ("data", "'data' is JSON; say what in it is meant, e.g. data.cost"),
        ("run_id.x", "'run_id' is STRING; only a JSON column has paths into it"),
    ],
)
def test_a_rule_is_about_a_column_that_is_there(column: str, message: str) -> None:
    assert problems_of(changed(RULES, "data.cost", column)) == [f"{RULES}:3:44: rules[1].column: {message}"]


def test_rules_about_a_runs_rows_need_a_column_that_tells_the_run() -> None:
    files = changed(PIPELINE, "    table: raw_data\n", "    table: prices\n")
    files["acme/schemas/prices.yml"] = "name: prices\ncolumns: [{name: data, type: JSON}]\n"

    assert problems_of(files) == [
        (
            f"{PIPELINE}:10:12: steps[1].table: 'prices' has no column run_id to tell this run's rows by; "
            "write 'scope: table'"
        )
    ]


def test_an_expression_may_name_no_other_dataset() -> None:
    rule = 'type: expression, expression: "1 IN (SELECT 1 FROM metadata.api_keys)"}'
    files = changed(RULES, "type: not_null, column: data.cost}", rule)

    assert problems_of(files) == [
        f"{RULES}:3:50: rules[1].expression: names 'metadata.api_keys', {OUT_OF_SCOPE}"
    ]


@pytest.mark.parametrize(
    "table", ["region-us.INFORMATION_SCHEMA.JOBS", "umbrella.INFORMATION_SCHEMA.COLUMNS"]
)
def test_no_source_reads_what_tells_of_others(table: str) -> None:
    files = {**FILES, SOURCE: f"type: bigquery\ntable: {table}\n"}

    assert problems_of(files) == [f"{SOURCE}:2:8: table: '{table}' may not be read by this tenant"]


@pytest.mark.parametrize("table", ["raw_data", "acme.raw_data", "`acme.raw_data`"])
@pytest.mark.parametrize("mode", ["replace", "merge, keys: [data.id]"])
def test_rows_that_another_run_may_replace_are_not_read_by_run(table: str, mode: str) -> None:
    files = {
        **changed(PIPELINE, "{table: raw_data, mode: append}", f"{{table: raw_data, mode: {mode}}}"),
        SQL: f"SELECT CURRENT_DATE() AS usage_date FROM {table} WHERE run_id = @run_id\n",
    }

    assert [problem.split(": ", 2)[2][:40] for problem in problems_of(files)] == [
        "this pipeline replaces rows of raw_data:",
        "its SQL reads raw_data by @run_id, but t",
    ]
