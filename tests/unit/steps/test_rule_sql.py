"""Each rule as one aggregate."""

from typing import get_args

import pytest
import sqlglot
from pydantic import TypeAdapter, ValidationError

from shared.domain.plan import PlannedDq
from shared.domain.rule import Rule
from shared.domain.sql_parameter import SqlParameter
from shared.domain.table import Column, Table
from shared.steps.rule_query import RuleQuery, numbered_rules
from shared.steps.rule_sql import compiled
from tests.unit.steps.attempts import PRICES, RAW

OF_TEXT = Table(name="t", columns=(Column(name="c", type="STRING"),))
RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
COST = "JSON_VALUE(T.`data`, '$.cost')"
NUMBER = f"SAFE_CAST({COST} AS NUMERIC)"
RUN = "SAFE_CAST(T.`run_id` AS NUMERIC)"
GIVEN = "IFNULL(JSON_TYPE(JSON_QUERY(T.`data`, '$.cost')) != 'null', FALSE)"


def rule_of(**settings: object) -> Rule:
    return RULE.validate_python({"id": "x", **settings})


FIGURES: list[tuple[dict[str, object], list[str]]] = [
    ({"type": "not_null", "column": "run_id"}, ["COUNTIF(NOT T.`run_id` IS NOT NULL)"]),
    ({"type": "not_null", "column": "data.cost"}, [f"COUNTIF(NOT {GIVEN})"]),
    ({"type": "not_null", "column": "data.cost", "as": "number"}, [f"COUNTIF({NUMBER} IS NULL)"]),
    (
        {"type": "unique", "columns": ["data.cost"]},
        [(f"COUNTIF({COST} IS NOT NULL) - COUNT(DISTINCT IF({COST} IS NOT NULL, "
        f"TO_JSON_STRING([CAST({COST} AS STRING)]), NULL)) + COUNTIF(({GIVEN} AND {COST} IS NULL))")],
    ),
    (
        {"type": "unique", "columns": ["data.cost", "run_id"], "as": "number"},
        [(f"COUNTIF({NUMBER} IS NOT NULL AND {RUN} IS NOT NULL) - "
        f"COUNT(DISTINCT IF({NUMBER} IS NOT NULL AND {RUN} IS NOT NULL, "
        f"TO_JSON_STRING([CAST({NUMBER} AS STRING), CAST({RUN} AS STRING)]), NULL)) + "
        f"COUNTIF(({GIVEN} AND {NUMBER} IS NULL) OR (T.`run_id` IS NOT NULL AND {RUN} IS NULL))")],
    ),
    (
        {"type": "accepted_values", "column": "data.cost", "values": ["a"]},
        [f"COUNTIF({GIVEN} AND (CAST({COST} AS STRING) IN UNNEST(@rule_2_values)) IS NOT TRUE)"],
    ),
    (
        {"type": "accepted_values", "column": "data.cost", "values": ["1"], "as": "number"},
        [f"COUNTIF({GIVEN} AND ({NUMBER} IN UNNEST(@rule_2_values)) IS NOT TRUE)"],
    ),
    (
        {"type": "range", "column": "data.cost", "minimum": 0, "maximum": 9},
        [(f"COUNTIF({GIVEN} AND ({NUMBER} >= @rule_2_minimum AND {NUMBER} <= @rule_2_maximum) IS NOT TRUE)")],
    ),
    (
        {"type": "regex", "column": "data.cost", "pattern": "^a"},
        [f"COUNTIF({GIVEN} AND REGEXP_CONTAINS(CAST({COST} AS STRING), @rule_2_pattern) IS NOT TRUE)"],
    ),
    ({"type": "row_count", "minimum": 1}, ["COUNT(*)"]),
    (
        {"type": "freshness", "column": "ingestion_date", "as": "date", "max_age_hours": 1},
        [
            "UNIX_SECONDS(MAX(TIMESTAMP(SAFE_CAST(T.`ingestion_date` AS DATE))))",
            "COUNTIF((T.`ingestion_date` IS NOT NULL AND SAFE_CAST(T.`ingestion_date` AS DATE) IS NULL))",
        ],
    ),
    ({"type": "expression", "expression": "a > 0 -- why"}, ["COUNTIF((a > 0) IS NOT TRUE)"]),
]  # fmt: skip


def test_every_type_of_rule_has_an_example() -> None:
    types = {get_args(rule.model_fields["type"].annotation)[0] for rule in get_args(get_args(Rule)[0])}

    assert {settings["type"] for settings, _ in FIGURES} == types


@pytest.mark.parametrize(("settings", "figures"), FIGURES)
def test_a_rule_is_one_or_two_aggregates(settings: dict[str, object], figures: list[str]) -> None:
    found = compiled(rule_of(**settings), 2, table=RAW).figures

    assert list(found) == figures
    assert all(sqlglot.parse_one(f"SELECT {sql} FROM t AS T", dialect="bigquery") for sql in found)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"type": "accepted_values", "column": "c", "values": ["a'b", "c"]},
            [SqlParameter(name="rule_0_values", type="STRING", value=("a'b", "c"))],
        ),
        (
            {"type": "accepted_values", "column": "c", "as": "number", "values": ["1.0", "1e3", "-.50"]},
            [SqlParameter(name="rule_0_values", type="NUMERIC", value=("1", "1000", "-0.5"))],
        ),
        (
            {
                "type": "accepted_values",
                "column": "c",
                "as": "timestamp",
                "values": ["2025-11-01T01:00:00+01:00"],
            },
            [SqlParameter(name="rule_0_values", type="TIMESTAMP", value=("2025-11-01T00:00:00+00:00",))],
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
    assert list(compiled(rule_of(**settings), 0, table=OF_TEXT).parameters) == expected


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


@pytest.mark.parametrize(
    ("read_as", "value"), [("number", "ten"), ("integer", "1.0"), ("boolean", "yes"), ("date", "2025-02-30")]
)
def test_an_accepted_value_that_is_not_of_the_rules_type_is_refused(read_as: str, value: str) -> None:
    with pytest.raises(ValidationError, match=f"'{value}' can't be read as {read_as}"):
        rule_of(type="accepted_values", column="c", values=[value], **{"as": read_as})


def step_of(*rules: Rule, scope: str = "run") -> PlannedDq:
    table = PRICES if scope == "table" else RAW
    return PlannedDq(number=2, id="check", needs=(), table=table, rules=rules, scope=scope, on_failure="stop")


def sql_of(step: PlannedDq) -> str:
    return RuleQuery(step, "acme", numbered_rules(step)).sql


def test_all_rules_of_a_step_are_one_query_over_the_runs_own_rows() -> None:
    step = step_of(
        rule_of(type="row_count", minimum=1),
        rule_of(type="not_null", column="data.cost"),
        rule_of(type="freshness", column="data.cost", max_age_hours=1),
    )

    assert (
        sql_of(step)
        == f"""\
-- Rules of a dq step in one scan: one row, with the figures of each rule.
SELECT
  COUNT(*) AS rows_checked,
  COUNT(*) AS figure_0,
  COUNTIF(NOT {GIVEN}) AS figure_1,
  UNIX_SECONDS(MAX(TIMESTAMP(SAFE_CAST({COST} AS TIMESTAMP)))) AS figure_2,
  COUNTIF(({GIVEN} AND SAFE_CAST({COST} AS TIMESTAMP) IS NULL)) AS figure_2_1,
  COUNT(JSON_QUERY(T.`data`, '$.cost')) AS rows_with_0
FROM `acme`.`raw_data` AS T
WHERE T.run_id = @run_id AND T.ingestion_date >= DATE_SUB(@run_date, INTERVAL 1 DAY)
"""
    )


def test_a_check_of_the_whole_table_has_no_condition() -> None:
    sql = sql_of(step_of(rule_of(type="not_null", column="sku"), scope="table"))

    assert sql.endswith("FROM `acme`.`prices` AS T\nWHERE TRUE\n")
