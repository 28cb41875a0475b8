"""A query for a database: that it only reads, and its parameters, `:name`, as drivers want them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from shared.sources.sql_database.source import Dialect

_PLAIN_STRING = r"'(?:[^']|'')*'"
_ESCAPED_STRING = r"'(?:[^'\\]|\\.|'')*'"
_QUOTED: dict[Dialect, str] = {
    # "Lexical structure" (postgresql.org/docs/current/sql-syntax-lexical.html).
    "postgresql": (
        rf"\b[eE]{_ESCAPED_STRING}|{_PLAIN_STRING}|\"(?:[^\"]|\"\")*\""
        r"|(?<![\w$])\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
    ),
    # "String literals" and "Comments" (dev.mysql.com/doc/refman/8.4/en/string-literals.html, …/comments.html).
    "mysql": rf"{_ESCAPED_STRING}|\"(?:[^\"\\]|\\.|\"\")*\"|`(?:[^`]|``)*`",
}
_COMMENTS: dict[Dialect, str] = {
    "postgresql": r"--[^\n]*|/\*.*?\*/",
    "mysql": r"--(?=\s|$)[^\n]*|\#[^\n]*|/\*.*?\*/",
}
_REST = r"::|(?<![:\w]):(?P<name>[A-Za-z_]\w*)|(?P<word>[A-Za-z_][\w$]*)|(?P<sign>[^\w\s])|[0-9]\w*|\s+|."
_TOKENS = {
    dialect: re.compile(
        rf"(?P<quoted>{_QUOTED[dialect]})|(?P<comment>{_COMMENTS[dialect]})|{_REST}", re.DOTALL
    )
    for dialect in _QUOTED
}
_BEGINNINGS = frozenset({"select", "with", "values", "table"})
_LOCKS = frozenset({"update", "share", "no", "key"})


class QueryTextError(ValueError):
    """The query can't be one that only reads; the message says why."""


@dataclass(frozen=True)
class QueryText:
    """`sql` has `%(name)s` for each of the parameters `names`, and `%%` for each `%`."""

    sql: str
    names: tuple[str, ...]


def parse_query(text: str, dialect: Dialect) -> QueryText:
    """The query. Raises QueryTextError for what isn't one statement that only reads.

    The database is asked in a transaction that changes nothing, besides; this is what can be said before.
    """
    tokens = list(_TOKENS[dialect].finditer(text.strip().removesuffix(";")))
    _require_reading(tokens, dialect)
    parts = [
        "%(" + name + ")s" if (name := token["name"]) else token[0].replace("%", "%%") for token in tokens
    ]
    names = dict.fromkeys(token["name"] for token in tokens if token["name"])
    return QueryText("".join(parts), tuple(names))


def _require_reading(tokens: list[re.Match[str]], dialect: Dialect) -> None:
    said = list(_said(tokens))
    first = next((word for word in said if word != "("), "")
    if first not in _BEGINNINGS:
        raise QueryTextError("must be one SELECT, which may begin with WITH")
    if ";" in said:
        raise QueryTextError("must be one statement, with no ';' but at its end")
    if "into" in said:
        raise QueryTextError("has INTO, which writes; a source only reads")
    if any(pair[0] == "for" and pair[1] in _LOCKS for pair in pairwise(said)):
        raise QueryTextError("has FOR UPDATE or the like, which locks rows; a source only reads")
    for token in tokens:
        if token["sign"] in ("'", '"', "`") and token["sign"] in _QUOTED[dialect]:
            raise QueryTextError(f"has a {token['sign']} that nothing ends")
        comment = token["comment"] or ""
        if comment.startswith("/*!") or "/*" in comment[2:]:
            raise QueryTextError("has a comment in a comment, or one that is executed; take it away")


def _said(tokens: list[re.Match[str]]) -> Iterator[str]:
    """Words, in lower case, and signs, outside of quotes and comments."""
    for token in tokens:
        said = token["word"] or token["sign"]
        if said:
            yield said.lower()
