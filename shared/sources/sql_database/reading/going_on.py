"""From where on a database's table is read, and how far it was read then: by a column whose values grow.

All is asked in one state of the database. So the greatest value that there is then is that of the rows that are read,
and the database alone compares: by the order that the column has there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import JsonValue

from shared.domain.cursor import WORDS, CursorValue, Kind, parse_cursor
from shared.domain.progress import Memory, Progress
from shared.sources.sql_database.reading.asked import window_condition
from shared.sources.sql_database.reading.login import BoundValue, Login
from shared.sources.sql_database.reading.sql.statement import statement
from shared.sources.sql_database.reading.values import Convert, UnsayableError
from shared.sources.sql_database.source import DatabaseCursor

START = "cursor_start"
_DIGITS_OF_A_SECOND = 6
"""That the databases hold of a time; with more they would round it, and begin too late."""


@dataclass(frozen=True)
class CursorType:
    """What values of the column's type are; `is_whole` of integers."""

    kind: Kind
    is_whole: bool = False


@dataclass(frozen=True)
class Answer:
    """What the database gives for a statement: its rows, and the type of its first column, where it can be a cursor."""

    rows: Sequence[Sequence[Any]]
    type: CursorType | None
    convert: Convert


@dataclass(frozen=True)
class Reach:
    """The `condition` that rows meet which are to be read, the values in it, and how far that gets."""

    condition: str
    values: dict[str, BoundValue]
    progress: Progress

    def keep(self, memory: Memory | None) -> None:
        """Tell how far the table is read, now that it is."""
        if memory is not None:
            memory.keep(self.progress)


def rows_query(
    login: Login,
    *,
    columns: str,
    table: str,
    window: str,
    quoted: Callable[[str], str],
    ask: Callable[[str], Answer],
    memory: Memory | None,
) -> tuple[str, Reach | None]:
    """The statement of the table's rows that are to be read; with `incremental`, also how far it gets.

    `columns` and `table` are as statements with parameters name them, which `quoted` writes; `window` names the
    statement of the source's window. Raises StepError for a column that is no cursor, and for rows that have none where
    they may not be read.
    """
    said, reach = login.source.incremental, None
    if said is None:
        condition = window_condition(login, window, quoted=quoted)
    else:
        reach = _reach(login, said, table=table, column=quoted(said.column), ask=ask, memory=memory)
        condition = reach.condition
    return statement("rows", columns=columns, table=table, condition=condition), reach


def _reach(
    login: Login,
    said: DatabaseCursor,
    *,
    table: str,
    column: str,
    ask: Callable[[str], Answer],
    memory: Memory | None,
) -> Reach:
    kept = memory.cursor if memory else None
    newest, of_type = _newest(login, said, ask(statement("greatest_value", table=table, column=column)))
    if kept is not None and kept.kind != of_type.kind:
        kept = None  # the column has another type now, and another order
    if said.on_cursor_value_missing == "raise":
        _require_values(login, said, ask(statement("missing_value", table=table, column=column)))
    start = _start(login, said, of_type, kept=kept)
    progress = memory.reached(kept, newest) if memory else Progress()
    includes = said.on_cursor_value_missing == "include"
    if start is None:
        return Reach("TRUE" if includes else statement("any_value", column=column), {}, progress)
    name = "from_value_or_missing" if includes else "from_value"
    return Reach(statement(name, column=column), {START: _bound(start, of_type)}, progress)


def _newest(login: Login, said: DatabaseCursor, answer: Answer) -> tuple[CursorValue | None, CursorType]:
    if answer.type is None:
        raise login.fault(
            f"has a column '{said.column}' that is no integer, NUMERIC, date or time, so that 'incremental' can't go "
            "by it"
        )
    try:
        value: JsonValue = answer.convert([answer.rows[0][0]])[0]
    except UnsayableError as error:
        raise login.fault(f"has a greatest value of '{said.column}' that {error}") from error
    newest = None if value is None else parse_cursor(value)
    if value is not None and (newest is None or newest.kind != answer.type.kind):
        raise login.fault(
            f"has a greatest value of '{said.column}' that is not {WORDS[answer.type.kind]}, such as NaN or Infinity, "
            "after which nothing comes"
        )
    return newest, answer.type


def _require_values(login: Login, said: DatabaseCursor, answer: Answer) -> None:
    if answer.rows:
        raise login.fault(
            f"has rows in '{login.source.table}' in which '{said.column}' is NULL, so that nobody can say whether they "
            "were read; 'on_cursor_value_missing: include' reads them with every run, 'exclude' with none"
        )


def _start(
    login: Login, said: DatabaseCursor, of_type: CursorType, *, kept: CursorValue | None
) -> CursorValue | None:
    """What is read from: a while before what was kept, but never what lies before the first value that is wanted."""
    initial = None if said.initial_value is None else _initial(login, said.initial_value, of_type)
    if kept is None:
        return initial
    start = kept.before(said.lag)
    return start if initial is None else max(start, initial, key=lambda value: value.place)


def _initial(login: Login, said: int | str, of_type: CursorType) -> CursorValue:
    value = parse_cursor(said)
    if value is not None and value.kind == "date" and of_type.kind in ("time", "moment"):
        value = parse_cursor(f"{said}T00:00:00{'Z' if of_type.kind == 'moment' else ''}")
    if value is None or value.kind != of_type.kind:
        raise login.fault(
            f"has no such values as 'initial_value' of 'incremental', which must be {WORDS[of_type.kind]}, as its "
            "column is"
        )
    return value


def _bound(value: CursorValue, of_type: CursorType) -> BoundValue:
    """The value as a driver is given it: a time in UTC, which is the session's zone."""
    match value.place:
        case (Decimal() as number,):
            return int(number) if of_type.is_whole and number == number.to_integral_value() else number
        case (_,):
            return str(value.said)
        case (moment, fraction):
            digits = str(fraction).partition(".")[2][:_DIGITS_OF_A_SECOND]
            return f"{str(moment)[: len('2025-11-15 10:30:00')]}.{digits or '0'}"
        case _:
            raise ValueError(value.kind)
