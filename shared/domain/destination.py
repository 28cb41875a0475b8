"""The table that a step writes, and how."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from shared.domain.column_path import ColumnPath
from shared.domain.ids import TableName
from shared.domain.model import ADDED, GrownModel, Model
from shared.domain.stated_keys import has_word, stated
from shared.domain.window import Window

_SETTINGS_OF_THE_MODE = ConfigDict(
    json_schema_extra={
        "allOf": [
            {"if": stated("window"), "then": has_word("mode", "replace")},
            {
                "if": has_word("mode", "merge"),
                "then": {"required": ["keys"], "properties": {"keys": {"minItems": 1}}},
                "else": {"properties": {"keys": {"maxItems": 0}}},
            },
        ]
    }
)


class DestinationSchema(GrownModel):
    """What becomes of fields that the table, as it is declared, has no column for, and of rows that don't fit."""

    new_columns: Annotated[
        Literal["ignore", "add", "fail"],
        Field(
            description="`fail`: the step fails; `ignore`: they are left out; `add`: the table gets those to which "
            "`columns` of the source gives a type, and others fail the step"
        ),
    ] = "fail"
    breaking_rows: Annotated[
        Literal["fail", "quarantine"],
        ADDED,
        Field(
            description="`fail`: a row that doesn't fit fails the step; `quarantine`: it is set aside into the table "
            "`<table>_quarantine`, and the others are written"
        ),
    ] = "fail"


class IngestDestination(GrownModel):
    """Where an ingest step puts its rows, in place of the pipeline's earlier ones (`replace`) or of some (`merge`)."""

    model_config = _SETTINGS_OF_THE_MODE

    table: TableName
    mode: Literal["append", "replace", "merge"]
    window: Window | None = None
    keys: Annotated[
        tuple[ColumnPath, ...], ADDED, Field(description="with `merge`: what makes a row the same row")
    ] = ()
    fields: Annotated[DestinationSchema, ADDED, Field(alias="schema")] = DestinationSchema()

    @model_validator(mode="after")
    def _settings_of_the_mode(self) -> "IngestDestination":
        _require_settings_of_the_mode(self)
        return self

    @property
    def sets_aside(self) -> bool:
        """Whether rows that don't fit are set aside."""
        return self.fields.breaking_rows == "quarantine"


class TransformDestination(Model):
    """Where a transform step puts its rows; `merge` updates those with the same keys."""

    model_config = _SETTINGS_OF_THE_MODE

    table: TableName
    mode: Literal["append", "replace", "merge"]
    window: Window | None = None
    keys: Annotated[tuple[ColumnPath, ...], Field(description="what makes a row the same row")] = ()

    @model_validator(mode="after")
    def _settings_of_the_mode(self) -> "TransformDestination":
        _require_settings_of_the_mode(self)
        return self


def _require_settings_of_the_mode(destination: IngestDestination | TransformDestination) -> None:
    if destination.window is not None and destination.mode != "replace":
        raise ValueError("'window' goes with mode 'replace'")
    if destination.mode == "merge" and not destination.keys:
        raise ValueError(
            "mode 'merge' needs 'keys', the columns that make a row the same row; write keys: [column, …]"
        )
    if destination.mode != "merge" and destination.keys:
        raise ValueError("'keys' goes with mode 'merge'; take it away, or merge")
