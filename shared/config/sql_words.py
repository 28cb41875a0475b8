"""What Google's analyzer refuses, in the words of the person who wrote the SQL."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shared.config import kinds
from shared.config.beyond import Refusal
from shared.config.kind import Kind
from shared.domain.message import listed, nearest


@dataclass(frozen=True)
class Surroundings:
    """What a text may name: its tables with their columns, its parameters, and whose it is."""

    pipeline: str
    columns_by_table: dict[str, tuple[str, ...]]
    parameters: tuple[str, ...]
    date_ranges: tuple[str, ...] = ()
    is_one_select: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of all of them."""
        return tuple(dict.fromkeys(name for names in self.columns_by_table.values() for name in names))


@dataclass(frozen=True)
class Words:
    """A problem without its place."""

    kind: Kind
    message: str
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None


def words_for(refusal: Refusal, around: Surroundings) -> Words:
    """The refusal as a problem; in Google's own words where none of ours are better."""
    for pattern, say in _SENTENCES:
        match = pattern.match(refusal.message)
        if match is not None:
            return say(match, around)
    return Words(kinds.SQL_ERROR, _one_line(refusal.message))


_REPLACEMENTS = {
    "CHARINDEX": "STRPOS",
    "DATEADD": "DATE_ADD",
    "DATEDIFF": "DATE_DIFF",
    "DATEPART": "EXTRACT",
    "DATE_PART": "EXTRACT",
    "DECODE": "CASE",
    "GETDATE": "CURRENT_TIMESTAMP or CURRENT_DATE",
    "GROUP_CONCAT": "STRING_AGG",
    "IIF": "IF",
    "ISNULL": "IFNULL",
    "JSON_EXTRACT_PATH_TEXT": "JSON_VALUE",
    "LEN": "LENGTH",
    "LISTAGG": "STRING_AGG",
    "MEDIAN": "APPROX_QUANTILES or PERCENTILE_CONT",
    "NOW": "CURRENT_TIMESTAMP",
    "NVL": "IFNULL",
    "REGEXP_LIKE": "REGEXP_CONTAINS",
    "REGEXP_MATCHES": "REGEXP_CONTAINS",
    "SPLIT_PART": "SPLIT",
    "SYSDATE": "CURRENT_TIMESTAMP",
    "TO_CHAR": "FORMAT_DATE, FORMAT_TIMESTAMP or CAST(… AS STRING)",
    "TO_DATE": "DATE or PARSE_DATE",
    "TO_NUMBER": "CAST(… AS NUMERIC)",
    "TO_TIMESTAMP": "TIMESTAMP or PARSE_TIMESTAMP",
}
"""What other databases have, and what BigQuery has for it."""


def _unknown_name(match: re.Match[str], around: Surroundings) -> Words:
    name, meant = match["name"], match["meant"]
    suggestion = meant or nearest(name.rpartition(".")[2], around.columns)
    tables = around.columns_by_table
    if len(tables) == 1 and around.is_one_select:
        (table, columns), *_ = tables.items()
        return Words(
            kinds.SQL_UNKNOWN_NAME, f"{table} has no column '{name}'", tuple(sorted(columns)), suggestion
        )
    return Words(kinds.SQL_UNKNOWN_NAME, f"there is no column '{name}' here", suggestion=suggestion)


def _not_inside(match: re.Match[str], around: Surroundings) -> Words:
    name, where = match["name"], match["where"]
    return Words(
        kinds.SQL_UNKNOWN_NAME, f"{where} has no column '{name}'", suggestion=nearest(name, around.columns)
    )


def _unknown_function(match: re.Match[str], _: Surroundings) -> Words:
    name, meant = match["name"].strip("`").upper(), match["meant"]
    replacement = _REPLACEMENTS.get(name)
    message = f"BigQuery has no function {name}"
    if replacement is not None:
        return Words(kinds.SQL_UNKNOWN_FUNCTION, f"{message}; use {replacement}")
    return Words(kinds.SQL_UNKNOWN_FUNCTION, message, suggestion=meant.upper() if meant else None)


def _unknown_parameter(match: re.Match[str], around: Surroundings) -> Words:
    name = match["name"]
    if name in around.date_ranges:
        message = f"'{name}' is a date range, which is two days in SQL; use @{name}_start and @{name}_end"
        return Words(kinds.SQL_UNKNOWN_PARAMETER, message)
    meant = nearest(name, around.parameters)
    message = (
        f"the pipeline {around.pipeline} declares no parameter '{name}'; "
        f"add 'parameters: {{{name}: {{type: string}}}}' to it, or use one of "
        f"{listed([f'@{each}' for each in around.parameters])}"
    )
    return Words(kinds.SQL_UNKNOWN_PARAMETER, message, suggestion=f"@{meant}" if meant else None)


def _no_truth(match: re.Match[str], _: Surroundings) -> Words:
    return Words(kinds.SQL_WRONG_TYPE, f"must be true or false for each row, is {match['types'].strip()}")


def _wrong_operands(match: re.Match[str], _: Surroundings) -> Words:
    operands = match["types"].strip().replace(", ", " and ")
    return Words(kinds.SQL_WRONG_TYPE, f"'{match['name']}' doesn't take {operands}; cast one of them")


def _wrong_arguments(match: re.Match[str], _: Surroundings) -> Words:
    signatures = re.findall(r"^ *Signature: (.+)$", match["rest"], re.MULTILINE)
    given = re.search(r"Argument types: (.*)", match["rest"])
    takes = f"; it takes {listed(signatures, separator=' or ')}" if signatures else ""
    message = f"{match['name']} doesn't take ({given[1].strip() if given else ''}){takes}"
    return Words(kinds.SQL_WRONG_TYPE, message)


def _syntax(match: re.Match[str], _: Surroundings) -> Words:
    return Words(kinds.REFUSED_SQL, f"syntax error: {_one_line(match['rest'])}")


def _wrong_type(match: re.Match[str], _: Surroundings) -> Words:
    return Words(kinds.SQL_WRONG_TYPE, _one_line(match[0]))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _compiled(
    sentences: Iterable[tuple[str, Callable[[re.Match[str], Surroundings], Words]]],
) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Surroundings], Words]], ...]:
    return tuple((re.compile(pattern, re.DOTALL), say) for pattern, say in sentences)


_MEANT = r"(?:; Did you mean (?P<meant>[^?]+)\?)?$"
_SENTENCES = _compiled(
    (
        (r"Unrecognized name: (?P<name>[^;]+?)" + _MEANT, _unknown_name),
        (r"Name (?P<name>\S+) not found inside (?P<where>[^;]+?)" + _MEANT, _not_inside),
        (r"(?:Aggregate f|F)unction not found: (?P<name>[^;]+?)" + _MEANT, _unknown_function),
        (r"Query parameter '(?P<name>\w+)' not found", _unknown_parameter),
        (
            r"No matching signature for operator IS TRUE\s+Argument types: (?P<types>[^\n]+)",
            _no_truth,
        ),
        (
            r"No matching signature for operator (?P<name>.+?) for argument types: (?P<types>[^\n]+)",
            _wrong_operands,
        ),
        (
            r"No matching signature for (?:aggregate |analytic )?function (?P<name>[\w.]+)(?P<rest>.*)",
            _wrong_arguments,
        ),
        (r"Syntax error: (?P<rest>.*)", _syntax),
        (
            r".*(?:should return type|Invalid cast|Could not cast|Unable to coerce|must be of type).*",
            _wrong_type,
        ),
    )
)
