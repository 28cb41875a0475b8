"""How statements get their identifiers."""

import re
from importlib import resources

import pytest
import sqlglot

from shared.sql.statement import literal, quoted, quoted_field, quoted_list, statement

STATEMENTS = sorted(
    file.name.removesuffix(".sql")
    for file in resources.files("shared.sql").iterdir()
    if file.name.endswith(".sql")
)
PARTS = {
    "assignments": "`a` = S.`a`",
    "broken": "`broken_row`",
    "checked": " REPLACE (CASE WHEN S.`a` IS NULL THEN ERROR('NULL') ELSE S.`a` END AS `a`)",
    "columns": "`a`",
    "file": "`source_file`",
    "fits": "S.`broken_row` IS NULL",
    "figure": "COUNT(*)",
    "figures": ", COUNT(*) AS figure_0",
    "column": "`a`",
    "dataset": "`d`",
    "depth": "2",
    "is_whole": "line_count = 1",
    "lines": "SELECT TRUE AS is_sure, JSON '1' AS data",
    "lock": "`d`.`t_write_lock`",
    "marker": "`taken_file`",
    "more": ", S.`taken_file` AS `taken_file`",
    "run_events": "`p`.`metadata`.`run_events`",
    "pipeline_runs": "SELECT * FROM wanted_events",
    "partition": "S.`a`",
    "not_whole": "'It is not all of the text'",
    "pipeline": "`pipeline_id`",
    "refusal": "'It holds others'",
    "rows": "SELECT 1 AS a",
    "set_aside": "INSERT INTO `d`.`q` (`a`) SELECT 1",
    "step": "'ingest'",
    "same_keys": "T.`a` = S.`a`",
    "same_keys_twice": "'Several rows to merge have the same keys: a'",
    "scope": "TRUE",
    "source": "`d`.`t`",
    "staging": "`d`.`s`",
    "sure_text": "'[a-z]'",
    "table": "'t'",
    "target": "`d`.`t`",
    "unsure": "'A line may be read otherwise'",
    "unsure_characters": "'[x]'",
    "unsure_rest": "'[y]'",
    "value": "'a.csv'",
    "values": "S.`a` AS `a`",
    "which": "S.`broken_row` IS NOT NULL",
    "window": "TRUE",
    "write": "INSERT INTO `d`.`t` (`a`) SELECT 1",
    "writes": "INSERT INTO `d`.`t` (`a`) SELECT 1",
}
SEVERAL = {"write_both": 4, "write_in_turn": 4}
"""Scripts, with how many statements each has."""


def test_names_are_quoted_and_joined() -> None:
    assert quoted("acme", "raw_data") == "`acme`.`raw_data`"
    assert quoted("my-project") == "`my-project`"
    assert quoted_list(("a", "b")) == "`a`, `b`"
    assert quoted_list(("a", "b"), prefix="S") == "S.`a`, S.`b`"


@pytest.mark.parametrize("name", ["", "a b", "a`b", "a.b", "a\\", "é", "a\n", "a;b", "@a"])
def test_what_is_no_identifier_is_never_written(name: str) -> None:
    with pytest.raises(ValueError, match="not an identifier"):
        quoted(name)


@pytest.mark.parametrize("name", ["usage date", "größe", "a-b", "q's", "a+b=c"])
def test_other_peoples_columns_have_flexible_names(name: str) -> None:
    assert quoted_field("source", name) == f"`source`.`{name}`"


@pytest.mark.parametrize("name", ["", "a`b", "a.b", "a\\", "a\n", "a;b", "@a", "a/b", 'a"b'])
def test_what_no_column_is_called_is_never_written(name: str) -> None:
    with pytest.raises(ValueError, match="not a column's name"):
        quoted_field(name)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "'plain'"),
        ('$."lineItem/Id"', "'$.\"lineItem/Id\"'"),
        ("it's", r"'it\'s'"),
        ("a\\", r"'a\\'"),
        ("a\nb\x00", r"'a\u000ab\u0000'"),
        ("é🙂`", "'é🙂`'"),
    ],
)
def test_a_text_is_written_so_that_nothing_in_it_ends_it(text: str, written: str) -> None:
    assert literal(text) == written


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_is_one_of_bigquerys_grammar(name: str) -> None:
    parts = dict(PARTS)
    if name == "create_staging":
        parts["columns"] = "  `a` STRING"

    parsed = sqlglot.parse(statement(name, **parts), dialect="bigquery")

    assert len(parsed) == SEVERAL.get(name, 1)
    assert "Command" not in {type(each).__name__ for each in parsed}


def test_a_part_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="target"):
        statement("insert_rows", columns="`a`", values="1", rows="SELECT 1")


@pytest.mark.parametrize("name", STATEMENTS)
def test_nothing_is_left_unfilled(name: str) -> None:
    assert not re.search(r"\$\{|\$[a-z]", statement(name, **PARTS))


def test_a_condition_stays_where_its_parameter_is_given() -> None:
    every = statement("find_runs")

    bare = statement("find_runs", given=["tenant_id"])
    narrow = statement("find_runs", given=["pipeline_id"])

    conditional = [line for line in every.splitlines() if "-- where @" in line]
    assert len(conditional) == 5
    assert bare.splitlines() == [line for line in every.splitlines() if line not in conditional]
    assert set(narrow.splitlines()) - set(bare.splitlines()) == {
        line for line in conditional if "@pipeline_id" in line
    }
