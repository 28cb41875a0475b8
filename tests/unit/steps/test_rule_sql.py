"""Each rule as one aggregate."""

import pytest
import sqlglot
from pydantic import TypeAdapter, ValidationError

from shared.domain.plan import PlannedDq
from shared.domain.rule import Rule
from shared.domain.sql_parameter import SqlParameter
from shared.steps.dq import check_statement
from shared.steps.rule_sql import figure_sql, rule_parameters
from tests.unit.steps.attempts import PRICES, RAW

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
COST = "JSON_VALUE(T.`data`, '$.cost')"


def rule_of(**settings: object) -> Rule:
    return RULE.validate_python({"id": "x", **settings})


@pytest.mark.parametrize(
    ("settings", "sql"),
    [
        ({"type": "not_null", "column": "run_id"}, "COUNTIF(T.`run_id` IS NULL)"),
        ({"type": "not_null", "column": "data.cost"}, f"COUNTIF({COST} IS NULL)"),
        (
            {"type": "not_null", "column": "data.cost", "as": "number"},
            f"COUNTIF(SAFE_CAST({COST} AS NUMERIC) IS NULL)",
        ),
        (
            {"type": "unique", "columns": ["data.cost"]},
            (f"COUNTIF({COST} IS NOT NULL) - COUNT(DISTINCT IF({COST} IS NOT NULL, "
            f"TO_JSON_STRING([CAST({COST} AS STRING)]), NULL))"),
        ),
        (
            {"type": "accepted_values", "column": "data.cost", "values": ["a"]},
            f"COUNTIF(CAST({COST} AS STRING) NOT IN UNNEST(@rule_2_values))",
        ),
        (
            {"type": "range", "column": "data.cost", "minimum": 0, "maximum": 9},
            (f"COUNTIF({COST} IS NOT NULL AND (SAFE_CAST({COST} AS NUMERIC) IS NULL OR "
            f"SAFE_CAST({COST} AS NUMERIC) < @rule_2_minimum OR SAFE_CAST({COST} AS NUMERIC) > @rule_2_maximum))"),
        ),
        (
            {"type": "regex", "column": "data.cost", "pattern": "^a"},
            f"COUNTIF(NOT REGEXP_CONTAINS(CAST({COST} AS STRING), @rule_2_pattern))",
        ),
        ({"type": "row_count", "minimum": 1}, "COUNT(*)"),
        (
            {"type": "freshness", "column": "ingestion_date", "as": "date", "max_age_hours": 1},
            "UNIX_SECONDS(MAX(TIMESTAMP(SAFE_CAST(T.`ingestion_date` AS DATE))))",
        ),
        ({"type": "expression", "expression": "a > 0 -- why"}, "COUNTIF((a > 0) IS NOT TRUE)"),
    ],
)  # fmt: skip
def test_a_rule_is_one_aggregate(settings: dict[str, object], sql: str) -> None:
    assert figure_sql(rule_of(**settings), 2, table=RAW) == sql
    assert sqlglot.parse_one(f"SELECT {sql} FROM t AS T", dialect="bigquery")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"type": "accepted_values", "column": "c", "values": ["a'b", "c"]},
            [SqlParameter(name="rule_0_values", type="STRING", value=("a'b", "c"))],
        ),
        (
            {"type": "range", "column": "c", "as": "date", "maximum": "2025-11-01"},
            [SqlParameter(name="rule_0_maximum", type="DATE", value="2025-11-01")],
        ),
        (
            {"type": "range", "column": "c", "minimum": 0.1, "maximum": 5},
            [
                SqlParameter(name="rule_0_minimum", type="NUMERIC", value="0.1"),
                SqlParameter(name="rule_0_maximum", type="NUMERIC", value="5"),
            ],
        ),
        (
            {"type": "regex", "column": "c", "pattern": "');--"},
            [SqlParameter(name="rule_0_pattern", type="STRING", value="');--")],
        ),
        ({"type": "not_null", "column": "c"}, []),
    ],
)
def test_values_are_parameters_never_text(settings: dict[str, object], expected: list[SqlParameter]) -> None:
    assert list(rule_parameters(rule_of(**settings), 0)) == expected


@pytest.mark.parametrize(
    ("read_as", "bound"),
    [
        ("number", "ten"),
        ("number", "NaN"),
        ("number", "-1e29"),
        ("integer", "9223372036854775808"),
        ("integer", "0.5"),
        ("date", "2025-02-30"),
        ("date", 5),
        ("timestamp", "noon"),
    ],
)
def test_a_bound_that_is_not_of_the_rules_type_is_refused(read_as: str, bound: object) -> None:
    with pytest.raises(ValidationError, match=f"'minimum' can't be read as {read_as}"):
        rule_of(type="range", column="c", minimum=bound, **{"as": read_as})


def step_of(*rules: Rule, scope: str = "run") -> PlannedDq:
    table = PRICES if scope == "table" else RAW
    return PlannedDq(number=2, id="check", needs=(), table=table, rules=rules, scope=scope, on_failure="stop")


def test_all_rules_of_a_step_are_one_query_over_the_runs_own_rows() -> None:
    step = step_of(rule_of(type="row_count", minimum=1), rule_of(type="not_null", column="data.cost"))

    assert (
        check_statement(step, dataset="acme")
        == f"""\
-- Every rule of a dq step in one scan: one row, a figure a rule.
SELECT
  COUNT(*) AS rows_checked,
  COUNT(*) AS figure_0,
  COUNTIF({COST} IS NULL) AS figure_1
FROM `acme`.`raw_data` AS T
WHERE T.run_id = @run_id AND T.ingestion_date >= DATE_SUB(@run_date, INTERVAL 1 DAY)
"""
    )


def test_a_check_of_the_whole_table_has_no_condition() -> None:
    sql = check_statement(step_of(rule_of(type="not_null", column="sku"), scope="table"), dataset="acme")

    assert sql.endswith("FROM `acme`.`prices` AS T\nWHERE TRUE\n")
