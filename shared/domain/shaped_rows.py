"""Rows with the names and types that a source's `columns` say."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from shared.domain.errors import StepError
from shared.domain.message import did_you_mean, listed, nearest, shortened
from shared.domain.row_fit import BrokenRow, Row, RowFit, UnfitError
from shared.domain.source_column import SourceColumn
from shared.domain.table import ColumnType
from shared.domain.typed_value import is_plain, typed_value

_MOST_NAMES = 1_000
"""Remembered for a message, of rows of which each may have fields of its own."""
_LONGEST_NAME = 100
"""Of a field, in a message."""


class RowShaper:
    """Shapes the rows of one reading, and knows at its end which fields it never saw."""

    def __init__(self, columns: Mapping[str, SourceColumn], fit: RowFit | None = None) -> None:
        """With `fit`, rows that are not as the columns say, or not as the table needs them, are set aside."""
        self._columns = tuple((name, column.field or name, column.type) for name, column in columns.items())
        self._fields = frozenset(field for _, field, _ in self._columns)
        self._needed = frozenset(
            column.field or name for name, column in columns.items() if not column.optional
        )
        self._unseen = set(self._needed)
        self._others: set[str] = set()
        self._fit = fit
        types = fit.types if fit else {}
        self._unlike = tuple(
            (name, column_type)
            for name, column_type in types.items()
            if name not in columns or columns[name].type != column_type
        )

    @property
    def sets_aside(self) -> bool:
        """Whether rows that don't fit are given as such."""
        return self._fit is not None

    def are_plain(self, rows: Sequence[Row]) -> bool:
        """Whether it is seen at once that the rows fit as they are."""
        fit = self._fit
        if fit is None or self._columns:
            return False
        for row in rows:
            if fit.only is not None and not row.keys() <= fit.only:
                return False
            if not all(is_plain(row.get(name), column_type) for name, column_type in self._unlike):
                return False
            if any(row.get(name) is None for name in fit.required):
                return False
        return True

    def shaped(
        self, rows: Iterable[Row], *, at: Callable[[int], str], have_all_fields: bool
    ) -> Iterator[Row | BrokenRow]:
        """The rows; fields that no column names stay as they are.

        `at` says where the row of that number is, from 1. Where every row has all fields, as below a header, each must
        have those that are needed.

        Raises StepError for a value that is not of its column's type, and for two values of one name, unless such rows
        are set aside.
        """
        for number, row in enumerate(rows, start=1):
            yield self.shaped_one(row, number, at=at, have_all_fields=have_all_fields)

    def shaped_one(
        self,
        row: Row,
        number: int,
        *,
        at: Callable[[int], str],
        have_all_fields: bool,
        file: str | None = None,
    ) -> Row | BrokenRow:
        """As `shaped`, of the row of that number, or on that line of the file."""
        if self._unseen:
            self._see(row)
        if have_all_fields and not row.keys() >= self._needed:
            raise StepError(f"{at(number)} has no field {_lacking(self._needed - row.keys(), row)}")
        try:
            shaped = self._shaped(row)
            return shaped if self._fit is None else self._fitting(shaped, self._fit)
        except UnfitError as error:
            if self._fit is None:
                raise StepError(f"{at(number)}{error}") from None
            return BrokenRow(row, error.reason, error.field, at(number), number, file)

    def require_seen(self) -> None:
        """Raise StepError where there were rows, and a field that is needed was in none of them."""
        if self._unseen and self._others:
            raise StepError(f"no row has a field {_lacking(self._unseen, self._others)}")

    def _see(self, row: Row) -> None:
        self._unseen -= row.keys()
        if len(self._others) < _MOST_NAMES:
            self._others.update(row)

    def _shaped(self, row: Row) -> Row:
        shaped = {name: value for name, value in row.items() if name not in self._fields}
        for name, field, column_type in self._columns:
            if field not in row:
                continue
            if name in shaped:
                raise UnfitError(f" has a field '{name}', and '{field}' is to be called so", field=field)
            value = row[field]
            if column_type is not None:
                try:
                    value = typed_value(value, column_type)
                except ValueError as error:
                    raise _unlike(_called(name, field), column_type, error, field=field) from None
            shaped[name] = value
        return shaped

    def _fitting(self, row: Row, fit: RowFit) -> Row:
        if fit.only is not None and not row.keys() <= fit.only:
            unknown = min(row.keys() - fit.only)
            name = shortened(unknown, longest=_LONGEST_NAME)
            raise UnfitError(f" has a field '{name}' that the table has no column for", field=unknown)
        for name, column_type in self._unlike:
            value = row.get(name)
            if value is None or (column_type == "STRING" and isinstance(value, str)):
                continue
            try:
                row[name] = typed_value(value, column_type)
            except ValueError as error:
                raise _unlike(f"'{name}'", column_type, error, field=name) from None
        for name in fit.required:
            if row.get(name) is None:
                raise UnfitError(f": '{name}' must be {fit.types[name]}, but has no value", field=name)
        return row


def _unlike(called: str, column_type: ColumnType, error: ValueError, *, field: str) -> UnfitError:
    return UnfitError(f": {called} must be {column_type}, but {error}", field=field)


def _called(name: str, field: str) -> str:
    return f"'{name}'" if name == field else f"'{field}', to be '{name}',"


def _lacking(lacking: Iterable[str], fields: Iterable[str]) -> str:
    names, known = sorted(lacking), sorted(fields)
    return (
        f"{listed([f'{name!r}' for name in names])}; there are {listed(known)}"
        f"{did_you_mean(nearest(names[0], known))}"
    )
