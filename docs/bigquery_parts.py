"""The generated parts of local-bigquery.md, made of the cases that the contract tests hold the stand-in to."""

from collections.abc import Iterator
from typing import Any

from tests.contract.googlesql.cases import (
    aggregates,
    arrays,
    dates,
    json_values,
    mathematics,
    operators,
    strings,
)
from tests.contract.googlesql.cases.differs import Differs
from tests.contract.googlesql.cases.statements import STATEMENTS
from tests.contract.googlesql.reference import REFERENCE, functions
from tests.contract.googlesql.refused import Refused

CASES: list[tuple[str, str, Any]] = [
    case
    for module in (aggregates, arrays, dates, json_values, mathematics, operators, strings)
    for case in module.CASES
]
LISTED = {name for chapter in REFERENCE for name in functions(chapter)}
OPERATORS = "Operators"

_VALUES = {name for name, _sql, expected in CASES if not isinstance(expected, Refused)}


def functions_part() -> str:
    """How many functions work, and for each chapter which do and which are refused."""
    works = [name for name in LISTED if name in _VALUES]
    share = 100 * len(works) / len(LISTED)
    head = (
        f"{len(works)} of {len(LISTED)} functions work ({share:.0f} %), held by {len(CASES)} examples, "
        "most of them Google's own."
    )
    rows = [_chapter(chapter, functions(chapter)) for chapter in REFERENCE]
    operators_row = _chapter(OPERATORS, sorted({name for name, _sql, _expected in CASES} - LISTED))
    return "\n".join(
        [head, "", "| chapter | works | refused |", "|---|---|---|", operators_row, *rows, "", *_in_part()]
    )


def _chapter(title: str, names: list[str]) -> str:
    works = [name for name in names if name in _VALUES]
    refused = [name for name in names if name not in _VALUES]
    return f"| {title} | {_listed(works)} | {_listed(refused)} |"


def _in_part() -> Iterator[str]:
    found = [
        (name, sql) for name, sql, expected in CASES if isinstance(expected, Refused) and name in _VALUES
    ]
    for name, sql in found:
        yield f"`{name}` works but for cases like `{sql}`.\n"


def statements_part() -> str:
    """For each subject what works, what differs and how, and what is refused."""
    return "\n".join(line for subject in STATEMENTS for line in _subject(subject))


def _subject(subject: str) -> Iterator[str]:
    cases = STATEMENTS[subject]
    yield from (f"### {subject}", "", "| | |", "|---|---|")
    for case in cases:
        yield f"| {case.use} | {_outcome(case.expected)} |"
    yield ""


def _outcome(expected: Any) -> str:
    if isinstance(expected, Differs):
        return f"**differs**: {expected.how}"
    return "**refused**" if isinstance(expected, Refused) else "works"


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`".replace("|", "\\|") for name in names) or "–"
