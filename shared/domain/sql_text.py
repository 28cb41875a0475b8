"""A tenant's SQL text, cut into the tokens of GoogleSQL, and freed of its comments.

Two programs read that text: one looks which tables it names, another, BigQuery, runs it. Where their lexers differ a
text can show each of them something else. So only what both read alike is let through, which is less than GoogleSQL:
https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from shared.domain.errors import StepError

Kind = Literal["space", "comment", "quoted", "number", "word", "sign"]

# Possessive (`*+`), so that no token is cut short to make what follows it fit.
_TOKEN = re.compile(
    r"""
      (?P<space>   [ \t\r\n]++ )
    | (?P<comment> (?: -- | \# ) [^\r\n]*+ | /\* (?s:.)*? \*/ )
    | (?P<quoted>
        (?: [bB]? ' (?!'') (?: [^'\\\r\n] | \\[^\r\n] )*+ '
          | [bB]? " (?!"") (?: [^"\\\r\n] | \\[^\r\n] )*+ "
          | [rR]  ' (?!'') (?: [^'\\\r\n] | \\(?!['"\r\n]) )*+ '
          | [rR]  " (?!"") (?: [^"\\\r\n] | \\(?!['"\r\n]) )*+ "
          | ` [^`\\\r\n]++ `
        ) (?! [\w'"`] ) )
    | (?P<number>  (?: 0[xX][0-9a-fA-F]++ | [0-9]++ (?:\.[0-9]++)?+ (?:[eE][+-]?[0-9]++)?+ ) (?! [\w.'"`] ) )
    | (?P<word>    @?+ [A-Za-z_][A-Za-z0-9_]*+ (?! ['"`] ) )
    | (?P<sign>    [()\[\],.;=<>!+\-%|&^] | /(?!\*) | \*(?!/(?!\*)) )
    """,
    re.VERBOSE | re.ASCII,
)
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n|\r|\n")

# Why no token begins here; the first that fits says it.
_REASONS = tuple(
    (re.compile(pattern, re.ASCII), reason)
    for pattern, reason in (
        (r"/\*", "this comment is not closed; it ends with */"),
        (r"\*/", "there is no comment to close here; one comment can't hold another"),
        (r"[bBrR]{0,2}(?:'''|\"\"\")", "write strings in single quotes: text in three quotes is not taken"),
        (
            r"(?:[rR][bB]|[bB][rR])['\"]",
            "write r'...' for raw text or b'...' for bytes: both together is not taken",
        ),
        (
            r"[rR](?:'[^'\r\n]*\\['\"]|\"[^\"\r\n]*\\['\"])",
            "write no backslash before a quote in a raw string; '\\\\' outside raw strings is one backslash",
        ),
        (
            r"[bBrR]?(?:'(?:[^'\\\r\n]|\\.)*'|\"(?:[^\"\\\r\n]|\\.)*\")",
            "write a space after the closing quote, and \\' for a quote inside a string",
        ),
        (r"[bBrR]?['\"]", "this string is not closed on its line; write \\n for a line end"),
        (r"`[^`\r\n]*\\", "write names in backquotes without a backslash"),
        (r"``", "write a name between the backquotes"),
        (r"`[^`\r\n]+`", "write a space after the closing backquote"),
        (r"`", "this name is not closed on its line; it ends with a backquote"),
        (r"[0-9]", "write numbers as 12, 0.5, 1e6 or 0xFF, and names that begin with a digit in backquotes"),
        (r"@\{", "write the query without hints: @{...} is not taken"),
        (r"@@", "write no system variables; query parameters are written @name"),
        (r"@", "write query parameters as @name, without a space or quotes"),
        (r"\?", "write query parameters as @name"),
        (r"\w", "write a space before the opening quote"),
        (r"[{}]", "braces are not taken; there is no template language, values come in as @name"),
        (r"[\x21-\x7e]", "this character has no meaning in a SELECT of GoogleSQL"),
        (r"", "write names with other than English letters in backquotes, and only plain spaces and quotes"),
    )
)


class SqlTextError(StepError):
    """The text is not taken because of what stands at this line and column, both from 1."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(f"line {line}, column {column} of the SQL: {message}")
        self.line = line
        self.column = column
        self.message = message


@dataclass(frozen=True)
class SqlToken:
    """A piece of the text, from `start` up to and not including `end`."""

    kind: Kind
    start: int
    end: int
    text: str


@lru_cache(maxsize=256)
def plain_sql(text: str) -> str:
    """The text with spaces for its comments, so that every other character stays in its line and column.

    Kept for the last texts: many tenants have the same, and each is asked for several times.

    Raises SqlTextError for what two readers of SQL might read differently, and for what is no GoogleSQL.
    """
    return "".join(
        re.sub(r"[^\r\n]", " ", token.text) if token.kind == "comment" else token.text
        for token in sql_tokens(text)
    )


def plain_select(text: str) -> str:
    """The plain text of one SELECT without the semicolon at its end, to be put into another statement.

    What is left of lines before it are their ends: each line of it has the number that it has in the text.
    """
    plain = plain_sql(text).rstrip("; \t\r\n")
    begin = len(plain) - len(plain.lstrip())
    first = plain.rfind("\n", 0, begin) + 1
    return "\n" * plain.count("\n", 0, first) + plain[first:]


def sql_tokens(text: str) -> list[SqlToken]:
    """The text in pieces that are the whole of it. Raises SqlTextError, as `plain_sql` does."""
    unwanted = _UNWANTED.search(text)
    if unwanted:
        message = (
            f"the character U+{ord(unwanted.group()):04X} is not taken; write it as an escape in a string"
        )
        raise _error(text, unwanted.start(), message)
    tokens: list[SqlToken] = []
    previous = ""
    position = 0
    while position < len(text):
        token = _token(text, position, previous)
        tokens.append(token)
        if token.kind not in ("space", "comment"):
            previous = token.text
        position = token.end
    return tokens


def _token(text: str, position: int, previous: str) -> SqlToken:
    """The token at a position; `previous` is the text of the one before it that is neither space nor comment."""
    match = _TOKEN.match(text, position)
    if match is None:
        raise _error(text, position, _reason(text, position))
    token = SqlToken(cast(Kind, match.lastgroup), position, match.end(), match.group())
    if token.kind == "number" and previous == ".":
        message = "write 0.5 for .5, and names that begin with a digit in backquotes"
        raise _error(text, position, message)
    if token.text.startswith("`") and not token.text.isprintable():
        raise _error(text, position, "write names with letters that can be seen, and only plain spaces")
    return token


def _reason(text: str, position: int) -> str:
    return next(reason for pattern, reason in _REASONS if pattern.match(text, position))


def _error(text: str, position: int, message: str) -> SqlTextError:
    ends = [match.end() for match in _LINE_END.finditer(text, 0, position)]
    return SqlTextError(len(ends) + 1, position - (ends[-1] if ends else 0) + 1, message)
