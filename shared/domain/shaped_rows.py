"""Rows with the names and types that a source's `columns` say."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches

from pydantic import JsonValue

from shared.domain.errors import StepError
from shared.domain.message import did_you_mean, listed
from shared.domain.source_column import SourceColumn
from shared.domain.typed_value import typed_value

Row = dict[str, JsonValue]
_MOST_NAMES = 1_000
"""Remembered for a message, of rows of which each may have fields of its own."""


class RowShaper:
    """Shapes the rows of one reading, and knows at its end which fields it never saw."""

    def __init__(self, columns: Mapping[str, SourceColumn]) -> None:
        self._columns = tuple((name, column.field or name, column.type) for name, column in columns.items())
        self._fields = frozenset(field for _, field, _ in self._columns)
        self._needed = frozenset(
            column.field or name for name, column in columns.items() if not column.optional
        )
        self._unseen = set(self._needed)
        self._others: set[str] = set()

    def shaped(
        self, rows: Iterable[Row], *, at: Callable[[int], str], have_all_fields: bool
    ) -> Iterator[Row]:
        """The rows; fields that no column names stay as they are.

        `at` says where the row of that number is, from 1. Where every row has all fields, as below a header, each must
        have those that are needed.

        Raises StepError for a value that is not of its column's type, and for two values of one name.
        """
        for number, row in enumerate(rows, start=1):
            if self._unseen:
                self._see(row)
            if have_all_fields and not row.keys() >= self._needed:
                raise StepError(f"{at(number)} has no field {_lacking(self._needed - row.keys(), row)}")
            yield self._shaped(row, number, at)

    def require_seen(self) -> None:
        """Raise StepError where there were rows, and a field that is needed was in none of them."""
        if self._unseen and self._others:
            raise StepError(f"no row has a field {_lacking(self._unseen, self._others)}")

    def _see(self, row: Row) -> None:
        self._unseen -= row.keys()
        if len(self._others) < _MOST_NAMES:
            self._others.update(row)

    def _shaped(self, row: Row, number: int, at: Callable[[int], str]) -> Row:
        shaped = {name: value for name, value in row.items() if name not in self._fields}
        for name, field, column_type in self._columns:
            if field not in row:
                continue
            if name in shaped:
                raise StepError(f"{at(number)} has a field '{name}', and '{field}' is to be called so")
            value = row[field]
            if column_type is not None:
                try:
                    value = typed_value(value, column_type)
                except ValueError as error:
                    raise StepError(
                        f"{at(number)}: {_called(name, field)} must be {column_type}, but {error}"
                    ) from None
            shaped[name] = value
        return shaped


def _called(name: str, field: str) -> str:
    return f"'{name}'" if name == field else f"'{field}', to be '{name}',"


def _lacking(lacking: Iterable[str], fields: Iterable[str]) -> str:
    names, known = sorted(lacking), sorted(fields)
    near = get_close_matches(names[0], known, n=1, cutoff=0.6)
    return (
        f"{listed([f'{name!r}' for name in names])}; there are {listed(known)}"
        f"{did_you_mean(near[0] if near else None)}"
    )
