"""Which fields the rows of a check have, and which of them was probably meant by one that no row has."""

import re
from collections.abc import Iterable, Sequence

from shared.domain.column_path import path_of
from shared.domain.message import nearest
from shared.domain.plan import PlannedDq
from shared.domain.table_column import TableColumn
from shared.domain.window import Window
from shared.sql.statement import quoted, statement
from shared.steps.rule_query import scope_sql

_NAME_IN_KEY = re.compile(r'(?:^|\.)(?:"((?:[^"\\]|\\.)*)"|([^.]*))')
_LEVELS_BELOW = 1


def window_sql(column: TableColumn, window: Window, step: PlannedDq, *, dataset: str) -> str:
    """How many rows the step would look at without its window, and how many of them the window could tell."""
    figures = {"rows_readable": f"COUNT({column.read_as(window.read_as)})"}
    if column.is_in_json:
        figures["rows_with_field"] = f"COUNT({column.field})"
    return statement(
        "check_rows",
        figures="".join(f",\n  {sql} AS {name}" for name, sql in figures.items()),
        target=quoted(dataset, step.table.name),
        scope=scope_sql(step, with_window=False),
    )


def fields_sql(column: TableColumn, step: PlannedDq, *, dataset: str) -> str:
    """The fields that the rows have in the JSON column, a level further down than the path goes."""
    return statement(
        "list_fields",
        column=quoted(column.names[0]),
        depth=str(len(column.names) - 1 + _LEVELS_BELOW),
        target=quoted(dataset, step.table.name),
        scope=scope_sql(step, with_window=False),
    )


def paths_in(root: str, keys: Iterable[str]) -> tuple[str, ...]:
    """The answers of JSON_KEYS, which quotes only names with dots or quotes, as configuration writes paths."""
    return tuple(path_of((root, *_names(key))) for key in keys)


def meant_words(paths: Sequence[str], known: Sequence[str]) -> str:
    """What the paths were probably meant to be, as a piece of a sentence; empty where nothing comes near."""
    near = [found for path in paths if (found := nearest(path, known))]
    return f"; did you mean {' and '.join(near)}?" if near else ""


def _names(key: str) -> Iterable[str]:
    for quoted_name, plain_name in _NAME_IN_KEY.findall(key):
        yield quoted_name.replace('\\"', '"') or plain_name
