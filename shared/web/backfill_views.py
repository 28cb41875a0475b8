"""How backfills look in answers."""

from collections.abc import Sequence

from flask import Response
from pydantic import JsonValue

from shared.domain.backfill import Backfill, BackfillRequest, Chunk
from shared.domain.ids import PipelineId
from shared.domain.run import RUN_STATUSES
from shared.web.endpoint import json_response
from shared.web.views import time_text


def preview_json(
    pipeline_id: PipelineId, request: BackfillRequest, chunks: Sequence[Chunk]
) -> dict[str, JsonValue]:
    """What would be done about each chunk, and why."""
    return {
        "pipeline_id": pipeline_id,
        "dry_run": True,
        "mode": request.mode,
        "counts": {action: sum(chunk.action == action for chunk in chunks) for action in ("run", "skip")},
        "chunks": [
            {
                "date_range": chunk.date_range.text,
                "action": chunk.action,
                "reason": chunk.reason,
                "run_id": chunk.run_id,
            }
            for chunk in chunks
        ],
    }


def accepted_backfill_response(pipeline_id: PipelineId, backfill: Backfill | None) -> Response:
    """202: the chunks' runs will be done; 200 where there is nothing to do."""
    if backfill is None:
        nothing: dict[str, JsonValue] = {
            "backfill_id": None,
            "pipeline_id": pipeline_id,
            "status": None,
            "message": "Nothing to do; a dry run says why",
            "chunks": [],
        }
        return json_response(nothing)
    return json_response(
        {
            "backfill_id": backfill.backfill_id,
            "pipeline_id": pipeline_id,
            "status": backfill.status,
            "message": "Backfill queued",
            "chunks": [
                {
                    "date_range": chunk.date_range,
                    "action": "run",
                    "run_id": chunk.run_id,
                    "status": chunk.status,
                }
                for chunk in backfill.chunks
            ],
        },
        status=202,
        headers={"Location": f"/api/v1/pipelines/backfills/{backfill.backfill_id}"},
    )


def backfill_json(backfill: Backfill) -> dict[str, JsonValue]:
    """A backfill with its chunks, how many have which status, and the sums of its runs' metrics."""
    statuses = [chunk.status for chunk in backfill.chunks]
    return {
        "backfill_id": backfill.backfill_id,
        "pipeline_id": backfill.pipeline_id,
        "status": backfill.status,
        "created_at": time_text(backfill.created_at),
        "completed_at": time_text(backfill.completed_at),
        "concurrent_runs": backfill.concurrent_runs,
        "counts": {status: statuses.count(status) for status in RUN_STATUSES},
        "metrics": backfill.totals.model_dump(mode="json"),
        "chunks": [chunk.model_dump(mode="json") for chunk in backfill.chunks],
    }
