"""Which of a tenant's tables a step reads besides the one that it is about."""

import re
from collections.abc import Iterable
from typing import assert_never

from shared.domain.plan import PlannedDq, PlannedIngest, PlannedStep, PlannedTransform
from shared.domain.table import Table


def tables_read(step: PlannedStep, tables: Iterable[Table]) -> tuple[Table, ...]:
    """Those of the tenant's `tables` that the step's SQL has as a word, or a rule names; the step's own left out.

    A word may mean something else, a column or an alias: then a table is looked at in vain.
    """
    words = _words(step)
    return tuple(table for table in tables if table.name in words and table.name != step.table.name)


def unplanned_tables(steps: tuple[PlannedStep, ...], tables: Iterable[Table]) -> tuple[Table, ...]:
    """Those of the tenant's `tables` that some step reads and no step is about."""
    unplanned = set[str]().union(*map(_words, steps)) - {step.table.name for step in steps}
    return tuple(table for table in tables if table.name in unplanned)


def _words(step: PlannedStep) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9_]+", "\n".join(_texts(step))))


def _texts(step: PlannedStep) -> tuple[str, ...]:
    match step:
        case PlannedIngest():
            needs = step.source.needs
            return (needs.query or "", needs.table or "")
        case PlannedDq():
            named = [rule.named for rule in step.rules]
            expressions = (each.text for one in named for each in one.expressions)
            return (*expressions, *(each.name for one in named for each in one.tables))
        case PlannedTransform():
            return (step.sql,)
        case _:
            assert_never(step)
