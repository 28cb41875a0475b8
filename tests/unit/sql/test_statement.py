"""How statements get their identifiers."""

import re
from importlib import resources

import pytest
import sqlglot

from shared.sql.statement import quoted, quoted_list, statement

STATEMENTS = sorted(
    file.name.removesuffix(".sql")
    for file in resources.files("shared.sql").iterdir()
    if file.name.endswith(".sql")
)
PARTS = {
    "assignments": "`a` = S.`a`",
    "columns": "`a`",
    "figures": ", COUNT(*) AS figure_0",
    "keys": "a",
    "lacks_a_key": "S.`a` IS NULL",
    "metadata": "`p`.`metadata`",
    "partition": "S.`a`",
    "rows": "SELECT 1 AS a",
    "same_keys": "T.`a` = S.`a`",
    "scope": "TRUE",
    "in_window": "TRUE",
    "source": "`d`.`t`",
    "target": "`d`.`t`",
    "values": "S.`a` AS `a`",
    "window": "TRUE",
}


def test_names_are_quoted_and_joined() -> None:
    assert quoted("acme", "raw_data") == "`acme`.`raw_data`"
    assert quoted("my-project") == "`my-project`"
    assert quoted_list(("a", "b")) == "`a`, `b`"
    assert quoted_list(("a", "b"), prefix="S") == "S.`a`, S.`b`"


@pytest.mark.parametrize("name", ["", "a b", "a`b", "a.b", "a\\", "é", "a\n", "a;b", "@a"])
def test_what_is_no_identifier_is_never_written(name: str) -> None:
    with pytest.raises(ValueError, match="not an identifier"):
        quoted(name)


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_is_one_of_bigquerys_grammar(name: str) -> None:
    parts = dict(PARTS)
    if name == "create_staging":
        parts["columns"] = "  `a` STRING"

    parsed = sqlglot.parse(statement(name, **parts), dialect="bigquery")

    assert len(parsed) == 1
    assert type(parsed[0]).__name__ != "Command"


def test_a_part_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="target"):
        statement("insert_rows", columns="`a`", values="1", rows="SELECT 1")


@pytest.mark.parametrize("name", STATEMENTS)
def test_nothing_is_left_unfilled(name: str) -> None:
    assert not re.search(r"\$\{|\$[a-z]", statement(name, **PARTS))
