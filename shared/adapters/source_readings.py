"""What readings of sources took, in `metadata.run_events`.

It stands in columns of its own, so that reading it reads little else.
"""

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from shared.adapters.short_queries import parameter, read_rows
from shared.domain.event import Event, SourceRead, StepSucceeded
from shared.domain.ids import PipelineId
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
    """The readings for a pipeline's steps since a day, each part for itself."""
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
    return SourceReading(
        reading_id=row["reading_id"],
        read_at=row["read_at"],
        ended_at=row["ended_at"],
        **{name: taken[name] for name in ("began_at", "table", "way", "progress")},
    )
