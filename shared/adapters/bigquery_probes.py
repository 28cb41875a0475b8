"""Probes on `metadata.run_events`: streamed and read as events are, and none of a run's events.

Every reader passes them over: no tenant may be called as their `tenant_id` is, and a run without RunQueued is in no
view.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import JsonValue

from shared.adapters.bigquery_log import stream_rows
from shared.adapters.google_errors import translated
from shared.adapters.short_queries import CALL_SECONDS, array_parameter, bounded_retry, parameter, read_rows
from shared.domain.ids import METADATA_DATASET, RunId, event_id, run_date
from shared.sql.statement import statement

if TYPE_CHECKING:
    from google.cloud import bigquery

PROBE_TENANT_ID = METADATA_DATASET
"""Reserved: no tenant has it."""
_PROBED = "LogProbed"


class BigQueryProbes:
    """The same calls as the log's own, on the same table."""

    def __init__(self, client: "bigquery.Client", *, dataset: str) -> None:
        self._client = client
        self._dataset = dataset

    def created_at(self) -> datetime:
        """When the table was made."""
        with translated("look up run_events"):
            table = self._client.get_table(
                f"{self._client.project}.{self._dataset}.run_events",
                retry=bounded_retry(),
                timeout=CALL_SECONDS,
            )
        created_at: datetime = table.created
        return created_at

    def send(self, probe_id: RunId, *, at: datetime) -> None:
        """Stream one probe."""
        stream_rows(self._client, [probe_row(probe_id, at=at)], dataset=self._dataset)

    def find(self, probe_ids: Sequence[RunId]) -> set[RunId]:
        """Those that can be read."""
        dates = [run_date(probe_id) for probe_id in probe_ids]
        rows = read_rows(
            self._client,
            statement("find_probes"),
            dataset=self._dataset,
            parameters=[
                parameter("first_date", "DATE", min(dates).isoformat()),
                parameter("last_date", "DATE", max(dates).isoformat()),
                parameter("tenant_id", "STRING", PROBE_TENANT_ID),
                array_parameter("run_ids", "STRING", probe_ids),
            ],
            doing="read run_events",
        )
        return {RunId(row["run_id"]) for row in rows}


def probe_row(probe_id: RunId, *, at: datetime) -> dict[str, JsonValue]:
    """A row with a value in every column, because streaming takes a while to know one that was just added, too."""
    nothing = json.dumps({})
    return {
        "event_id": event_id(run_id=probe_id, event_type=_PROBED),
        "run_id": probe_id,
        "tenant_id": PROBE_TENANT_ID,
        "pipeline_id": PROBE_TENANT_ID,
        "run_date": run_date(probe_id).isoformat(),
        "event_type": _PROBED,
        "step_number": 0,
        "step_id": "probe",
        "step_type": "probe",
        "attempt": 0,
        "occurred_at": at.isoformat(),
        "error_message": "not an error: convergence init tried whether this table keeps what it is given",
        "detail": nothing,
        "plan": nothing,
        "reading_id": probe_id,
        "progress": nothing,
    }
