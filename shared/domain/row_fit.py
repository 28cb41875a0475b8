"""What rows have to be for a table, and those that are not, on their way to be set aside."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from shared.domain.table import Column, ColumnType

Row = dict[str, JsonValue]


@dataclass(frozen=True)
class RowFit:
    """What every row must be. `types` are by names of columns, `required` those that must not be NULL.

    A row may have no other fields than `only`; None means any.
    """

    types: Mapping[str, ColumnType] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """What stands where a row should be, as far as it can be told: the text of a line, or the cells of one."""

    found: JsonValue
    reason: str


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that doesn't fit, as it was read. `reason` says why, and nothing that the row holds.

    `place` says where it is, as a message does; `line` is its line in `file`, or its number among the rows.
    """

    found: JsonValue
    reason: str
    field: str | None
    place: str
    line: int
    file: str | None = None


class UnfitError(ValueError):
    """Why a row doesn't fit, as it goes on after the row's place; `field` is what it is about."""

    def __init__(self, text: str, *, field: str | None = None) -> None:
        super().__init__(text)
        self.field = field

    @property
    def reason(self) -> str:
        """Without what ties it to the place."""
        return str(self).removeprefix(":").strip()


def fit_of(columns: tuple[Column, ...], *, may_have_more: bool) -> RowFit:
    """What rows must be that fill these columns."""
    return RowFit(
        types={column.name: column.type for column in columns},
        required=frozenset(column.name for column in columns if column.mode == "REQUIRED"),
        only=None if may_have_more else frozenset(column.name for column in columns),
    )
