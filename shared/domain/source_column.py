"""What a source calls a column, and what it is to hold."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from shared.domain.ids import ColumnName
from shared.domain.model import ADDED, Model, Truth
from shared.domain.table import Column, ColumnType


class SourceColumn(Model):
    """A field of a source's rows under another name, or of a type."""

    field: Annotated[
        str | None,
        Field(alias="from", min_length=1, description="the field's name; the column's, if not said"),
    ] = None
    type: Annotated[
        ColumnType | None,
        Field(description="what every value must be, or be null; without it, values stay as they are"),
    ] = None
    optional: Annotated[Truth, Field(description="whether the field may be missing altogether")] = False


SourceColumns = Annotated[
    Mapping[ColumnName, SourceColumn],
    ADDED,
    Field(
        description="by the names of columns, the fields that get another name or a type: "
        "`{unblended_cost: {from: lineItem/UnblendedCost, type: NUMERIC}}`"
    ),
]


def typed_columns(columns: Mapping[ColumnName, SourceColumn]) -> tuple[Column, ...]:
    """As a table has them: those that have a type."""
    return tuple(
        Column(name=name, type=column.type) for name, column in columns.items() if column.type is not None
    )
