"""The days that a read or a replacement is about."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.column_path import ColumnPath
from shared.domain.ids import Name
from shared.domain.model import Model


class Window(Model):
    """The days that a read or a replacement is about: rows whose `column` lies in the date range `parameter`."""

    column: ColumnPath
    parameter: Annotated[Name, Field(description="a date_range parameter of the pipeline")]
    read_as: Annotated[
        Literal["date", "timestamp"],
        Field(alias="as", description="what the column holds; a timestamp counts for its UTC day"),
    ] = "date"
