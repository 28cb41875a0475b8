"""What a SQL text names, by sqlglot: the same for whoever the text belongs to, so that it is read once."""

from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from shared.domain.sql_text import SqlTextError, plain_sql

# What sqlglot raises for a text that is none: its parser also trips over some, and over hundreds of parentheses.
UNREADABLE = (SqlglotError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


@dataclass(frozen=True)
class SqlNames:
    """What a text names: tables by their path, and in lower case its CTEs and its query parameters."""

    tables: tuple[tuple[str, ...], ...]
    ctes: frozenset[str]
    parameters: frozenset[str]
    select_count: int
    """How many SELECTs are in it, one inside the other or not."""


@lru_cache(maxsize=1024)
def names_of(sql: str) -> SqlNames:
    """What the text names; nothing where it can't be parsed."""
    return _names_in(parsed(sql))


@lru_cache(maxsize=1024)
def names_in_condition(sql: str) -> SqlNames:
    """The same of an expression."""
    try:
        return _names_in(condition(sql))
    except (SqlTextError, *UNREADABLE):
        return _names_in(exp.Select())


def _names_in(tree: exp.Expr) -> SqlNames:
    return SqlNames(
        tables=tuple(path for path in map(_path, tree.find_all(exp.Table)) if path),
        ctes=frozenset(cte.alias.lower() for cte in tree.find_all(exp.CTE)),
        parameters=frozenset(each.name.lower() for each in tree.find_all(exp.Parameter)),
        select_count=sum(1 for _ in tree.find_all(exp.Select)),
    )


def parsed(sql: str) -> exp.Expr:
    """The query's tree, which nobody changes; an empty one where it can't be parsed, which is a problem of its own."""
    try:
        found = statements(sql)
    except (SqlTextError, *UNREADABLE):
        return exp.Select()
    if not found or found[0] is None:
        return exp.Select()
    return exp.Block(expressions=list(found)) if len(found) > 1 else found[0]


@lru_cache(maxsize=32)
def statements(sql: str) -> tuple[exp.Expr | None, ...]:
    """The trees of a text's statements, None for an empty one. Raises SqlTextError or what is UNREADABLE."""
    return tuple(sqlglot.parse(plain_sql(sql), dialect="bigquery"))


@lru_cache(maxsize=32)
def condition(sql: str) -> exp.Expr:
    """The tree of an expression. Raises SqlTextError or what is UNREADABLE."""
    return sqlglot.parse_one(plain_sql(sql), dialect="bigquery", into=exp.Condition)


def _path(table: exp.Table) -> tuple[str, ...]:
    """Nothing for a function in the place of a table."""
    return tuple(part for part in (table.catalog, table.db, table.name) if part)
