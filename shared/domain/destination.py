"""The table that a step writes, and how."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.domain.column_path import ColumnPath
from shared.domain.ids import TableName
from shared.domain.model import ADDED, GrownModel, Model
from shared.domain.window import Window


class DestinationSchema(Model):
    """What becomes of fields that the table, as it is declared, has no column for."""

    new_columns: Annotated[
        Literal["ignore", "add", "fail"],
        Field(
            description="`fail`: the step fails; `ignore`: they are left out; `add`: the table gets those to which "
            "`columns` of the source gives a type, and others fail the step"
        ),
    ] = "fail"


class IngestDestination(GrownModel):
    """Where an ingest step puts its rows. `replace` takes the place of the pipeline's own earlier rows."""

    table: TableName
    mode: Literal["append", "replace"]
    window: Window | None = None
    fields: Annotated[DestinationSchema, ADDED, Field(alias="schema")] = DestinationSchema()

    @model_validator(mode="after")
    def _window_with_replace(self) -> "IngestDestination":
        if self.window is not None and self.mode != "replace":
            raise ValueError("'window' goes with mode 'replace'")
        return self


class TransformDestination(Model):
    """Where a transform step puts its rows; `merge` updates those with the same keys."""

    table: TableName
    mode: Literal["append", "replace", "merge"]
    window: Window | None = None
    keys: Annotated[tuple[ColumnPath, ...], Field(description="what makes a row the same row")] = ()

    @model_validator(mode="after")
    def _settings_of_the_mode(self) -> "TransformDestination":
        if self.window is not None and self.mode != "replace":
            raise ValueError("'window' goes with mode 'replace'")
        if self.mode == "merge" and not self.keys:
            raise ValueError(
                "mode 'merge' needs 'keys', the columns that make a row the same row; write keys: [column, …]"
            )
        if self.mode != "merge" and self.keys:
            raise ValueError("'keys' goes with mode 'merge'; take it away, or merge")
        return self
