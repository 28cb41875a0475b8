"""Each rule as one aggregate."""

import re

import pytest
import sqlglot
from pydantic import TypeAdapter, ValidationError

from shared.domain.plan import PlannedDq
from shared.domain.rule import Rule, rule_types
from shared.domain.sql_parameter import SqlParameter
from shared.domain.table import Column, Table
from shared.steps.rule_query import RuleQuery, numbered_rules
from tests.unit.steps.attempts import PRICES, RAW, attempt_at
from tests.unit.steps.subjects import compiled_for

OF_TEXT = Table(name="t", columns=(Column(name="c", type="STRING"),))
RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
COST = "JSON_VALUE(T.`data`, '$.cost')"
NUMBER = f"SAFE_CAST({COST} AS NUMERIC)"
RUN = "SAFE_CAST(T.`run_id` AS NUMERIC)"
DAY = "SAFE_CAST(T.`ingestion_date` AS DATE)"
MADE = "SAFE_CAST(T.`created_at` AS TIMESTAMP)"
GAP = f"GREATEST(DATE_DIFF(T.rule_2_next_day, {DAY}, DAY) - 1, 0)"
GIVEN = "IFNULL(JSON_TYPE(JSON_QUERY(T.`data`, '$.cost')) != 'null', FALSE)"
UNREADABLE = f"COUNTIF(({GIVEN} AND {NUMBER} IS NULL))"


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
    (
        {"type": "length", "column": "data.cost", "minimum": 1},
        [f"COUNTIF({GIVEN} AND (CHAR_LENGTH(CAST({COST} AS STRING)) >= @rule_2_minimum) IS NOT TRUE)"],
    ),
    (
        {"type": "foreign_key", "column": "data.cost", "as": "number",
         "references": {"table": "prices", "column": "price"}},
        [(f"COUNTIF({GIVEN} AND ({NUMBER} IN (SELECT SAFE_CAST(O.`price` AS NUMERIC) FROM `acme`.`prices` AS O "
        "WHERE SAFE_CAST(O.`price` AS NUMERIC) IS NOT NULL)) IS NOT TRUE)")],
    ),
    (
        {"type": "sum_equals", "column": "data.cost", "parameter": "expected"},
        [f"CAST(IFNULL(SUM({NUMBER}), 0) AS STRING)", UNREADABLE, "CAST(@expected AS STRING)"],
    ),
    (
        {"type": "sum_equals", "column": "data.cost", "sum_of": {"table": "daily", "column": "cost"}},
        [
            f"CAST(IFNULL(SUM({NUMBER}), 0) AS STRING)",
            UNREADABLE,
            ("(SELECT CAST(IFNULL(SUM(SAFE_CAST(O.`cost` AS NUMERIC)), 0) AS STRING) FROM `acme`.`daily` AS O "
            "WHERE O.run_id = @run_id)"),
            ("(SELECT COUNTIF((O.`cost` IS NOT NULL AND SAFE_CAST(O.`cost` AS NUMERIC) IS NULL)) "
            "FROM `acme`.`daily` AS O WHERE O.run_id = @run_id)"),
        ],
    ),
    (
        {"type": "mean", "column": "data.cost", "minimum": 1},
        [f"CAST(SUM({NUMBER}) AS STRING)", f"COUNT({NUMBER})", UNREADABLE],
    ),
    (
        {"type": "distinct_count", "column": "data.cost", "as": "number", "minimum": 1},
        [f"COUNT(DISTINCT {NUMBER})", UNREADABLE],
    ),
    (
        {"type": "monotonic", "column": "data.cost", "order_by": "created_at"},
        [(f"COUNTIF((({GIVEN} AND {NUMBER} IS NULL) OR (T.`created_at` IS NOT NULL AND {MADE} IS NULL)) "
        f"OR ({MADE} IS NOT NULL AND {NUMBER} < T.rule_2_before))")],
    ),
    (
        {"type": "date_gaps", "column": "ingestion_date"},
        [
            f"COUNTIF((T.`ingestion_date` IS NOT NULL AND {DAY} IS NULL))",
            f"IFNULL(SUM({GAP}), 0)",
            f"MIN(IF({GAP} > 0, UNIX_DATE({DAY}) + 1, NULL))",
        ],
    ),
    ({"type": "column_type", "column": "data.cost", "as": "number"}, [UNREADABLE]),
    ({"type": "anomaly", "percent": 5}, ["COUNT(*)", "0"]),
    (
        {"type": "compare_to_previous", "column": "data.cost", "percent": 5},
        [f"CAST(IFNULL(SUM({NUMBER}), 0) AS STRING)", UNREADABLE],
    ),
    (
        {"type": "schema", "columns": {"data": "JSON"}},
        [(r"(SELECT STRING_AGG(CONCAT(C.column_name, ' ', C.data_type), '\n' ORDER BY C.ordinal_position) "
        "FROM `acme`.INFORMATION_SCHEMA.COLUMNS AS C WHERE C.table_name = 'raw_data')")],
    ),
]  # fmt: skip


def test_every_type_of_rule_has_an_example() -> None:
    assert {settings["type"] for settings, _ in FIGURES} == set(rule_types())


@pytest.mark.parametrize(("settings", "figures"), FIGURES)
def test_a_rule_is_a_few_aggregates(settings: dict[str, object], figures: list[str]) -> None:
    found = compiled_for(RAW, rule_of(**settings), index=2).figures

    assert [in_one_line(sql) for sql in found] == figures
    assert all(sqlglot.parse_one(f"SELECT {sql} FROM t AS T", dialect="bigquery") for sql in found)


def in_one_line(sql: str) -> str:
    """The SQL without the comments and the line ends of queries in it."""
    lines = re.sub(r"-- .*", "", sql).split("\n")
    return " ".join(line for line in lines if line).replace("( ", "(").replace(" )", ")")


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
        (
            {"type": "length", "column": "c", "maximum": 5},
            [SqlParameter(name="rule_0_maximum", type="INT64", value="5")],
        ),
        ({"type": "not_null", "column": "c"}, []),
    ],
)
def test_values_are_parameters_never_text(settings: dict[str, object], expected: list[SqlParameter]) -> None:
    assert list(compiled_for(OF_TEXT, rule_of(**settings)).parameters) == expected


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
    return RuleQuery(step, "acme", numbered_rules(step, attempt_at(step).plan)).sql


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


def test_what_comes_before_or_after_a_row_is_found_in_the_one_scan() -> None:
    step = step_of(
        rule_of(type="row_count", minimum=1),
        rule_of(type="monotonic", column="data.cost", order_by="created_at", per=["run_id"]),
        rule_of(type="date_gaps", column="ingestion_date", days="days"),
    )

    sql = sql_of(step)

    days = f"IF({DAY} BETWEEN @days_start AND @days_end, {DAY}, NULL)"
    assert sql.endswith(
        f"""
FROM (
  SELECT T.*,
  LAG({NUMBER}) OVER (PARTITION BY {NUMBER} IS NULL OR {MADE} IS NULL, CAST(T.`run_id` AS STRING) \
ORDER BY {MADE}, {NUMBER}) AS rule_1_before,
  LEAD({days}) OVER (PARTITION BY {days} IS NULL ORDER BY {days}) AS rule_2_next_day
  FROM `acme`.`raw_data` AS T
  WHERE T.run_id = @run_id AND T.ingestion_date >= DATE_SUB(@run_date, INTERVAL 1 DAY)
) AS T
"""
    )
    assert sql.count("`raw_data`") == 1


def test_a_check_of_the_whole_table_has_no_condition() -> None:
    sql = sql_of(step_of(rule_of(type="not_null", column="sku"), scope="table"))

    assert sql.endswith("FROM `acme`.`prices` AS T\nWHERE TRUE\n")
