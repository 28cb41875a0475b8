"""What came of a test, for people: the rows that differ, side by side."""

import json
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from cli.screen import plural
from local.pipeline_tests.carry_out import Failure, Outcome
from local.pipeline_tests.comparison import RowsDifference, VerdictDifference, verdict_of
from shared.domain.message import shortened
from shared.domain.pipeline_tests import RowOfTest, Verdict

_MOST_ROWS = 20
"""Of each kind of difference that are shown."""
_LONGEST_CELL = 200
_BARE = frozenset("-_.:/+ ")
"""What a text may have besides letters and digits to be shown without quotes."""


def outcome_text(outcome: Outcome) -> str:
    """Which test it is, and what is not as expected."""
    test = outcome.test
    word = "passed" if outcome.failure is None else "FAILED"
    head = f"{word}  {test.plan.tenant_id} {test.name} ({test.file}:{test.line})"
    if outcome.failure is None:
        return head
    place = f"step {test.step.id} of {test.address.text.partition('/')[2]}"
    lines = [f"{place}: {summary(outcome.failure)}", *details(outcome.failure)]
    return "\n".join((head, *(f"  {line}".rstrip() for line in lines), ""))


def summary(failure: Failure) -> str:
    """What is not as expected, in one line."""
    match failure:
        case str():
            return failure
        case RowsDifference():
            counts = (
                (failure.equal_count, "as expected"),
                (len(failure.changed), "with another value"),
                (len(failure.missing), "missing"),
                (len(failure.unexpected), "unexpected"),
            )
            return f"rows of {failure.table}: " + ", ".join(f"{count:,} {words}" for count, words in counts)
        case _:
            return f"{plural(len(failure), 'rule')} came out otherwise"


def details(failure: Failure) -> list[str]:
    """A line for each row or rule that is not as expected."""
    match failure:
        case str():
            return []
        case RowsDifference():
            return _rows(failure)
        case _:
            return [_rule(each) for each in failure]


def _rule(difference: VerdictDifference) -> str:
    result = difference.result
    found = f"is {verdict_of(result)}: {result.message}"
    return f"{difference.rule_id}: expected {_expected(difference.expected)}, {found}"


def _expected(verdict: Verdict) -> str:
    return plural(verdict, "failing row") if isinstance(verdict, int) else verdict


def _rows(difference: RowsDifference) -> list[str]:
    names = [column.name for column in difference.columns]
    shown = [["", *names]]
    for expected, actual in difference.changed[:_MOST_ROWS]:
        wrong = difference.differing(expected, actual)
        cells = (
            f"expected {cell_text(expected.get(name))}, is {cell_text(actual.get(name))}"
            if name in wrong
            else cell_text(expected.get(name))
            for name in names
        )
        shown.append(["differs", *cells])
    for word, rows in (("missing", difference.missing), ("unexpected", difference.unexpected)):
        shown += ([word, *_cells(row, names)] for row in rows[:_MOST_ROWS])
    kinds: tuple[Sequence[object], ...] = (difference.changed, difference.missing, difference.unexpected)
    left = sum(max(0, len(rows) - _MOST_ROWS) for rows in kinds)
    return [*_aligned(shown), *([f"and {left:,} more"] if left else [])]


def _cells(row: RowOfTest, names: Iterable[str]) -> Iterable[str]:
    return (cell_text(row.get(name)) for name in names)


def cell_text(value: JsonValue) -> str:
    """A value so that NULL, an empty text and a number in a text can be told apart."""
    match value:
        case None:
            return "NULL"
        case str() if _is_plain(value):
            return value
        case _:
            return shortened(json.dumps(value, ensure_ascii=False), longest=_LONGEST_CELL)


def _is_plain(text: str) -> bool:
    is_bare = all(sign.isalnum() or sign in _BARE for sign in text)
    return bool(text) and is_bare and text == text.strip() and text.upper() != "NULL"


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
