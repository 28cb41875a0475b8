"""Errors in BigQuery's words.

BigQuery names the table, the column and its place in the statement. Upstream 1.4.0 passes DuckDB's own text on,
with DuckDB's statement, types and schema names in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar

from bqemulator.domain.errors import DomainError, InvalidQueryError, NotFoundError
from bqemulator.jobs.error_mapper import translate_runtime_error
from sqlglot import TokenType
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.errors import SqlglotError

# The BigQuery statement that is being carried out, for the places in it.
STATEMENT: ContextVar[str] = ContextVar("STATEMENT", default="")
# The same as its author wrote it, where it was changed before it came here; whoever changes it sets this.
AS_WRITTEN: ContextVar[str] = ContextVar("AS_WRITTEN", default="")

_SCHEMA = re.compile(r'"?(?P<project>[A-Za-z0-9-]+)__(?P<dataset>\w+)"?(?:\."?(?P<table>[\w$-]+)"?)?')
_NO_TABLE = re.compile(r"^Not found: Table (?P<project>[^.:\s]+)\.(?P<rest>\S+) was not found")
_KIND = re.compile(r"^(?:[A-Z][A-Za-z]+ )+Error: ")


def translate_error(exc: BaseException, *, duckdb_sql: str | None = None) -> DomainError:
    """The error that BigQuery would give for `exc`, which DuckDB or upstream raised."""
    if isinstance(exc, NotFoundError):
        return _with_colon(exc)
    text = str(exc)
    if "has multiple overloads that match" in text:
        return UndecidedTypeError("The type of an operand could not be told", location="query")
    for pattern, build in _RULES:
        match = pattern.search(text)
        if match:
            return InvalidQueryError(build(match), location="query")
    error = translate_runtime_error(exc, duckdb_sql=duckdb_sql)
    if isinstance(error, NotFoundError):
        return _with_colon(error)
    if isinstance(error, InvalidQueryError) and not isinstance(exc, DomainError):
        return InvalidQueryError(_without_engine(error.message), location="query")
    return error


def _with_colon(error: NotFoundError) -> NotFoundError:
    """BigQuery writes `project:dataset.table`."""
    message = _NO_TABLE.sub(r"Not found: Table \g<project>:\g<rest> was not found", error.message)
    return NotFoundError(message)


def _without_engine(message: str) -> str:
    """The first line, without DuckDB's error kinds, its statement and its schema names."""
    first = message.removeprefix("Query execution failed: ").split("\n", 1)[0]
    first = re.sub(r"\s*\((?:DuckDB|emulator)[^)]*\)?", "", first)
    return _SCHEMA.sub(_table_name, _KIND.sub("", first)).strip()


def _table_name(match: re.Match[str]) -> str:
    table = f".{match['table']}" if match["table"] else ""
    return f"{match['project']}:{match['dataset']}{table}"


class UndecidedTypeError(InvalidQueryError):
    """DuckDB's binder could not tell the type of a witness: it holds a column of an outer query."""


def spelt(name: str) -> str:
    """The first use of `name` in the statement, as it stands there, with ` at [line:column]`."""
    try:
        tokens = BigQuery().tokenize(AS_WRITTEN.get() or STATEMENT.get())
    except SqlglotError:
        return name
    for token in tokens:
        if token.token_type != TokenType.STRING and token.text.lower() == name.lower():
            return f"{token.text} at [{token.line}:{token.col - len(token.text) + 1}]"
    return name


def place_of(name: str) -> str:
    """` at [line:column]` of the first use of `name` in the statement; empty if it isn't there."""
    return spelt(name)[len(name) :]


def _unknown_name(match: re.Match[str]) -> str:
    return f"Unrecognized name: {match['name']}{place_of(match['name'])}"


def _unknown_function(match: re.Match[str]) -> str:
    return f"Function not found: {spelt(match['name'])}"


def _unknown_member(match: re.Match[str]) -> str:
    return f"Name {match['name']} not found inside {match['table']}{place_of(match['name'])}"


def _unknown_field(match: re.Match[str]) -> str:
    return f"Field name {match['name']} does not exist in STRUCT{place_of(match['name'])}"


def _ungrouped(match: re.Match[str]) -> str:
    name = match["name"]
    return f"SELECT list expression references column {name} which is neither grouped nor aggregated{place_of(name)}"


def _raised(match: re.Match[str]) -> str:
    return match["message"]


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
_RULES: tuple[Rule, ...] = (
    # What our own macros refuse with, word for word.
    (
        re.compile(
            r"^Invalid Input Error: (?P<message>(?:Invalid (?:NUMERIC value|date|timestamp)"
            r"|Bad (?:int64|double|bool) value|division by zero|The provided JSON input|UPDATE/MERGE must match)[^\n]*)"
        ),
        _raised,
    ),
    (re.compile(r"Function with name (?P<name>\w+) does not exist"), _unknown_function),
    (
        re.compile(r"NOT NULL constraint failed: \w+\.(?P<name>\w+)"),
        lambda m: f"Required field {m['name']} cannot be null",
    ),
    (re.compile(r"Malformed JSON"), lambda _: "Invalid input to PARSE_JSON"),
    (re.compile(r'Referenced column "(?P<name>[^"]+)" not found'), _unknown_name),
    (re.compile(r'Referenced table "(?P<name>[^"]+)" not found'), _unknown_name),
    (re.compile(r'"(?P<table>[^"]+)" does not have a column named "(?P<name>[^"]+)"'), _unknown_member),
    (re.compile(r'Could not find key "(?P<name>[^"]+)" in struct'), _unknown_field),
    (re.compile(r'column "?(?P<name>[^"\s]+)"? must appear in the GROUP BY'), _ungrouped),
    (re.compile(r"Out of Range Error: Overflow in \w+ of DECIMAL"), lambda _: "numeric overflow"),
    (
        re.compile(r"Out of Range Error: Overflow in (?P<verb>\w+) of INT"),
        lambda m: f"int64 overflow in {m['verb']}",
    ),
    (re.compile(r"Could not cast value .* to DECIMAL"), lambda _: "numeric overflow"),
)
