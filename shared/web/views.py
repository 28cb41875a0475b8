"""How runs look in answers."""

from datetime import UTC, datetime

from flask import Response
from pydantic import JsonValue

from shared.domain.run import Run
from shared.domain.run_list import RunPage, RunSummary
from shared.domain.slots import Wait
from shared.domain.step_record import StepRecord
from shared.web.endpoint import json_response
from shared.web.query import page_token

_FOR_LATER_RUNS = {"figure_of", "figure_days"}
"""What of a rule's result only later runs go by."""


def accepted_response(run: Run, wait: Wait | None) -> Response:
    """202: the run will be done; while it waits for others, why and for which."""
    return json_response(
        {
            "run_id": run.run_id,
            "pipeline_id": run.pipeline_id,
            "status": run.status,
            "message": "Pipeline execution queued",
            **wait_json(wait),
        },
        status=202,
        headers={"Location": f"/api/v1/pipelines/runs/{run.run_id}"},
    )


def wait_json(wait: Wait | None) -> dict[str, JsonValue]:
    """Why a run is still queued; nothing where nothing keeps it."""
    return {"queued_reason": wait.reason, "waits_for": list(wait.run_ids)} if wait else {}


def run_page_json(page: RunPage, *, since: datetime) -> dict[str, JsonValue]:
    """A list of runs, and since when it goes."""
    return {
        "runs": [_summary_json(summary) for summary in page.runs],
        "total": page.total,
        "next_page_token": page_token(page.next_mark) if page.next_mark else None,
        "since": time_text(since.astimezone(UTC)),
    }


def run_json(run: Run, wait: Wait | None = None) -> dict[str, JsonValue]:
    """A run with its steps, metrics and parameters, and what it waits for."""
    totals = run.totals
    return {
        "run_id": run.run_id,
        "pipeline_id": run.pipeline_id,
        "status": run.status,
        **wait_json(wait),
        "trigger": run.trigger,
        "rerun_of": run.rerun_of,
        "backfill_id": run.backfill.backfill_id if run.backfill else None,
        "created_at": time_text(run.created_at),
        "started_at": time_text(run.started_at),
        "completed_at": time_text(run.completed_at),
        "duration_ms": run.duration_ms,
        "error_message": run.error_message,
        "parameters": {value.name: value.json_value for value in run.plan.parameters},
        "metrics": totals.model_dump(mode="json"),
        "warnings": list(run.warnings),
        "steps": [_step_json(step) for step in run.steps],
    }


def time_text(moment: datetime | None) -> str | None:
    """RFC 3339 with `Z`, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def _summary_json(summary: RunSummary) -> dict[str, JsonValue]:
    return {
        "run_id": summary.run_id,
        "pipeline_id": summary.pipeline_id,
        "status": summary.status,
        "trigger": summary.trigger,
        "rerun_of": summary.rerun_of,
        "backfill_id": summary.backfill_id,
        "created_at": time_text(summary.created_at),
        "started_at": time_text(summary.started_at),
        "completed_at": time_text(summary.completed_at),
        "duration_ms": summary.duration_ms,
        "error_message": summary.error_message,
        "rows_ingested": summary.rows_ingested,
        "rows_transformed": summary.rows_transformed,
        "quality_passed": summary.quality_passed,
        "warnings": list(summary.warnings),
        "bytes_billed": summary.bytes_billed,
    }


def _step_json(step: StepRecord) -> dict[str, JsonValue]:
    return {
        "step_number": step.number,
        "step_id": step.id,
        "step_type": step.type,
        "status": step.status,
        "attempt": step.attempt,
        "started_at": time_text(step.started_at),
        "completed_at": time_text(step.completed_at),
        "duration_ms": step.duration_ms,
        "error_message": step.error_message,
        "retry_at": time_text(step.retry_at),
        "rows_in": step.metrics.rows_in,
        "rows_out": step.metrics.rows_out,
        "rows_quarantined": step.metrics.rows_quarantined,
        "bytes_processed": step.metrics.bytes_processed,
        "bytes_billed": step.metrics.bytes_billed,
        "slot_ms": step.metrics.slot_ms,
        "job_ids": list(step.metrics.job_ids),
        "results": [result.model_dump(mode="json", exclude=_FOR_LATER_RUNS) for result in step.results],
    }
