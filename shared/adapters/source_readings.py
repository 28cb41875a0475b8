"""What readings of sources took, in `metadata.run_events`.

It stands in columns of its own, so that reading it reads little else.
"""

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue, ValidationError

from shared.adapters.short_queries import parameter, read_rows
from shared.domain.errors import NotYetError, json_pointer
from shared.domain.event import Event, SourceRead, StepSucceeded
from shared.domain.ids import PipelineId
from shared.domain.message import listed
from shared.domain.progress import SourceReading
from shared.sql.statement import statement

if TYPE_CHECKING:
    from google.cloud import bigquery

TAKEN_FIELDS = ("reading_id", "part", "began_at", "table", "way", "progress")
"""Those of SourceRead, but for the step and its attempt."""


def reading_columns(event: Event, fields: dict[str, Any]) -> dict[str, JsonValue]:
    """What an event has in the columns about readings; `fields` are all of its fields, as they are recorded."""
    if isinstance(event, SourceRead):
        progress = {name: fields[name] for name in TAKEN_FIELDS if name != "reading_id"}
        return {"reading_id": event.reading_id, "progress": json.dumps(progress)}
    if isinstance(event, StepSucceeded) and event.reading_id is not None:
        return {"reading_id": event.reading_id}
    return {}


def read_source_readings(
    client: "bigquery.Client",
    tenant_id: str,
    pipeline_id: PipelineId,
    *,
    first_date: date,
    dataset: str,
) -> list[SourceReading]:
    """The readings for a pipeline's steps since a day, each part for itself.

    Raises NotYetError where one was recorded by a release that knows more.
    """
    rows = read_rows(
        client,
        statement("list_readings"),
        dataset=dataset,
        parameters=[
            parameter("first_date", "DATE", first_date.isoformat()),
            parameter("tenant_id", "STRING", tenant_id),
            parameter("pipeline_id", "STRING", pipeline_id),
        ],
        doing="list a pipeline's readings",
    )
    return [_reading(dict(row)) for row in rows]


def _reading(row: dict[str, Any]) -> SourceReading:
    taken = json.loads(row["progress"])
    fields = {name: row[name] for name in ("reading_id", "read_at", "ended_at")}
    try:
        return SourceReading.model_validate(
            fields | {name: value for name, value in taken.items() if name != "part"}
        )
    except ValidationError as error:
        wrong = sorted({json_pointer(*each["loc"]) for each in error.errors()})
    # Raised outside the handler: pydantic's own error quotes the row.
    raise NotYetError(
        f"This release can't read what reading {row['reading_id']} took: wrong are {listed(wrong)}"
    )
