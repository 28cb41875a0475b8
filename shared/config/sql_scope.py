"""Which tables a tenant's SQL names, and whether it may.

Parsed with sqlglot; what it can't parse is refused, because then nobody knows what it names. Before that the text is
cut into tokens by GoogleSQL's rules, and refused where sqlglot's tokens are others than BigQuery's would be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import Token, exp

from shared.config import kinds
from shared.config.kind import Kind
from shared.config.sql_names import UNREADABLE, SqlNames, condition, names_in_condition, names_of, statements
from shared.domain.ids import TenantId
from shared.domain.sql_text import SqlTextError, plain_sql, sql_tokens

_PLAIN_TOKEN = re.compile(
    r"[A-Za-z_]\w*|[0-9][0-9A-Za-z.+-]*|[()\[\],.;=<>!+\-*/%|&^@]|\|\||\|>|>=|<=|<>|!=|->|=>", re.ASCII
)


@dataclass(frozen=True)
class SqlProblem:
    """What is wrong with a SQL text, at a line and column of it, both from 1."""

    line: int
    column: int
    message: str
    kind: Kind = kinds.REFUSED_SQL


@dataclass(frozen=True)
class SqlScope:
    """Whose SQL it is, and the source tables that it may name besides its own dataset's."""

    tenant_id: TenantId
    sources: frozenset[str]


def check_query(sql: str, scope: SqlScope) -> list[SqlProblem]:
    """The problems of a text that should be one SELECT naming only tables in scope."""
    return list(_query_problems(sql, _allowed(names_of(sql), scope)))


def check_expression(sql: str, scope: SqlScope) -> list[SqlProblem]:
    """The problems of a text that should be one boolean expression naming only tables in scope."""
    names = names_in_condition(sql)
    return list(_expression_problems(sql, _allowed(names, scope)))


@lru_cache(maxsize=1024)
def _query_problems(sql: str, allowed: frozenset[str]) -> tuple[SqlProblem, ...]:
    """Without the tenant, so that many that have the same text have it read once."""
    try:
        _check_tokens(sql)
        found = [statement for statement in statements(sql) if statement is not None]
    except SqlTextError as error:
        return (SqlProblem(error.line, error.column, error.message),)
    except UNREADABLE as error:
        return (_syntax_problem(error),)
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        return (SqlProblem(1, 1, "must be exactly one SELECT statement, which may begin with WITH"),)
    return tuple(_table_problems(found[0], allowed))


@lru_cache(maxsize=1024)
def _expression_problems(sql: str, allowed: frozenset[str]) -> tuple[SqlProblem, ...]:
    try:
        _check_tokens(sql)
        expression = condition(sql)
    except SqlTextError as error:
        return (SqlProblem(error.line, error.column, error.message),)
    except UNREADABLE as error:
        return (_syntax_problem(error),)
    if isinstance(expression, exp.Query) or expression is None:
        return (SqlProblem(1, 1, "must be an expression that is true or false for each row"),)
    return tuple(_table_problems(expression, allowed))


def _allowed(names: SqlNames, scope: SqlScope) -> frozenset[str]:
    """The qualified tables that a text names and may name."""
    qualified = [path for path in names.tables if len(path) > 1]
    named = {".".join(path): path[:-1] == (scope.tenant_id,) for path in qualified}
    return frozenset(name for name, is_own in named.items() if is_own or name in scope.sources)


def named_tables(sql: str) -> list[str]:
    """The qualified tables that a query names, e.g. `billing.export`; none where it can't be parsed."""
    return [".".join(path) for path in names_of(sql).tables if len(path) > 1]


def own_tables(sql: str, tenant_id: TenantId) -> frozenset[str]:
    """The tables of the tenant's own dataset that a query names, and its CTEs."""
    return frozenset(path[-1] for path in names_of(sql).tables if path[:-1] in ((), (tenant_id,)))


def table_paths(sql: str) -> frozenset[tuple[str, ...]]:
    """The tables that a query names, each as its names from left to right, without its CTEs."""
    names = names_of(sql)
    return frozenset(path for path in names.tables if len(path) > 1 or path[0].lower() not in names.ctes)


def reads_table(sql: str, table: str, tenant_id: TenantId) -> bool:
    """Whether a query reads that table of the tenant's, and no CTE that is called so."""
    return table in own_tables(sql, tenant_id) and table.lower() not in names_of(sql).ctes


def uses_parameter(sql: str, name: str) -> bool:
    """Whether a query uses the query parameter `name`."""
    return name in names_of(sql).parameters


def _check_tokens(sql: str) -> None:
    """Raise SqlTextError for what is no text, and where sqlglot cuts it into other tokens than GoogleSQL does."""
    plain = plain_sql(sql)
    quoted = {token.start: token.end for token in sql_tokens(plain) if token.kind == "quoted"}
    position = 0
    for token in sqlglot.tokenize(plain, dialect="bigquery"):
        start, end = token.start, token.end + 1
        written = plain[start:end]
        is_same = quoted.pop(start) == end if start in quoted else _is_plain(token, written)
        if not is_same or plain[position:start].strip() or token.comments:
            raise _misread(plain, position)
        position = end
    if quoted or plain[position:].strip():
        raise _misread(plain, position)


def _is_plain(token: Token, written: str) -> bool:
    """Whether it is a word, a number or a sign of GoogleSQL, or words that sqlglot takes for one, as GROUP BY."""
    words = written.split()
    is_whole = token.text.upper() in (" ".join(words).upper(), written.upper().removeprefix("0X"))
    return is_whole and all(map(_PLAIN_TOKEN.fullmatch, words))


def _misread(plain: str, position: int) -> SqlTextError:
    position = len(plain) - len(plain[position:].lstrip())
    before = re.split(r"\r\n|\r|\n", plain[:position])
    message = "this can be read in two ways; write spaces between signs, and unusual names in backquotes"
    return SqlTextError(len(before), len(before[-1]) + 1, message)


def _table_problems(tree: exp.Expr, allowed: frozenset[str]) -> Iterator[SqlProblem]:
    for statement in tree.find_all(exp.Command, exp.Describe):
        # Its text is not parsed.
        yield _at(statement, "holds another statement; only SELECT may be used")
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            yield _at(table, "calls a table function; only tables and UNNEST may be read from")
        elif "INFORMATION_SCHEMA" in _reference(table).upper():
            yield _at(table, "reads INFORMATION_SCHEMA, which shows more than this tenant's own tables")
        elif table.db and _reference(table) not in allowed:
            yield _at(
                table,
                f"names '{_reference(table)}', which is neither a table of this tenant's dataset nor the table of one "
                "of its sources (an array is read with UNNEST)",
            )
    for call in tree.find_all(exp.Dot, exp.Anonymous):
        if _is_of_a_dataset(call):
            yield _at(call, "calls a function of another dataset; only built-in functions may be called")


def _is_of_a_dataset(call: exp.Expr) -> bool:
    if isinstance(call, exp.Dot):
        return isinstance(call.expression, exp.Func)
    # `dataset.function` in one pair of backquotes.
    return "." in call.name


def _reference(table: exp.Table) -> str:
    return ".".join(part for part in (table.catalog, table.db, table.name) if part)


def _at(node: exp.Expr, message: str) -> SqlProblem:
    """The problem at the leftmost name in the node."""
    return SqlProblem(*place_of(node), message, kinds.TABLE_OUT_OF_SCOPE)


def place_of(node: exp.Expr) -> tuple[int, int]:
    """Line and column of the leftmost name in the node, both from 1."""
    metas: list[dict[str, Any]] = [
        name.meta for name in node.find_all(exp.Identifier) if "start" in name.meta
    ]
    if not metas:
        return 1, 1
    meta = min(metas, key=lambda each: each["start"])
    return meta["line"], max(1, meta["col"] - (meta["end"] - meta["start"]))


def _syntax_problem(error: Exception) -> SqlProblem:
    details = getattr(error, "errors", None) or [{}]
    first = details[0]
    description = str(first.get("description") or "can't be read as GoogleSQL").rstrip(".")
    near = first.get("highlight")
    message = f"syntax error near '{near}': {description}" if near else f"syntax error: {description}"
    return SqlProblem(int(first.get("line") or 1), int(first.get("col") or 1), message)
