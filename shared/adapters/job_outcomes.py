"""What came of a BigQuery job that is done."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from shared.adapters.job_configs import is_void
from shared.adapters.short_queries import CALL_SECONDS, bounded_retry
from shared.adapters.transience import of_bigquery
from shared.domain.errors import AttemptError, GivenUpError, LostTurnError, StatementError, StepError
from shared.domain.job import JobOutcome
from shared.domain.redaction import without_row_values
from shared.domain.write_lock import is_lock

if TYPE_CHECKING:  # slow to import; who waits for a job has done so
    from google.cloud import bigquery

_ROWS_A_PAGE = 1000
_OF_A_SCRIPT = "Query error: "
"""What BigQuery writes before the error of one of a job's statements."""


def outcome_of(job: "bigquery.QueryJob | bigquery.LoadJob", client: "bigquery.Client") -> JobOutcome:
    """The figures of a job that is done without error, and the rows of a SELECT.

    `client` may list the job's children: of a job of several statements only these tell how many rows they wrote.
    """
    if job.job_type == "load":
        return _load_outcome(cast("bigquery.LoadJob", job))
    return _query_outcome(cast("bigquery.QueryJob", job), client)


def failure_of(job: "bigquery.QueryJob | bigquery.LoadJob") -> StepError | AttemptError:
    """Why a job that is done with an error failed, and whether another one like it may succeed."""
    if is_void(job.labels):
        return GivenUpError()
    error: dict[str, Any] = job.error_result or {}
    # A load's error_result often only says that there were errors; the first of them says which.
    said = [
        str(each.get("message") or each.get("reason") or "no reason given").removeprefix(_OF_A_SCRIPT)
        for each in (error, *(job.errors or []))
    ]
    message = "; ".join(map(without_row_values, dict.fromkeys(said[:2])))
    transience = of_bigquery(str(error.get("reason")), str(error.get("message")))
    if transience is None:
        return refusal_of((str(error.get("reason")),), message)
    if transience.kind == "conflict":
        return LostTurnError(message)
    return AttemptError(message, kind=transience.kind, retry_after_seconds=transience.wait_seconds)


def is_refused(job: "bigquery.QueryJob | bigquery.LoadJob") -> bool:
    """Whether the job failed because who asked for it may not do that."""
    return not is_void(job.labels) and (job.error_result or {}).get("reason") == "accessDenied"


def refusal_of(reasons: Sequence[str], message: str) -> StepError:
    """A failure for good, by BigQuery's reasons for it: `invalidQuery` is about the statement alone."""
    told = without_row_values(message)
    return StatementError(told) if "invalidQuery" in reasons else StepError(told)


def _load_outcome(job: "bigquery.LoadJob") -> JobOutcome:
    return JobOutcome(
        job_id=job.job_id,
        ended_at=job.ended,
        rows_written=job.output_rows,
        bytes_processed=job.output_bytes or 0,
        bytes_billed=0,
        slot_ms=0,
        labels=dict(job.labels),
    )


def _query_outcome(job: "bigquery.QueryJob", client: "bigquery.Client") -> JobOutcome:
    return JobOutcome(
        job_id=job.job_id,
        ended_at=job.ended,
        rows_written=_rows_of_children(job, client) if job.statement_type == "SCRIPT" else _rows_written(job),
        bytes_processed=job.total_bytes_processed or 0,
        bytes_billed=job.total_bytes_billed or 0,
        slot_ms=job.slot_millis or 0,
        rows=_rows(job) if job.statement_type == "SELECT" else (),
        labels=dict(job.labels),
    )


def _rows(job: "bigquery.QueryJob") -> tuple[dict[str, str | int | bool | None], ...]:
    from google.api_core.exceptions import NotFound

    try:
        # Without a job_retry: the client would do the query again, under another id.
        # With a page's size: else one call asks whether there are rows, and another one for them.
        found = job.result(
            timeout=CALL_SECONDS, retry=bounded_retry(), job_retry=None, page_size=_ROWS_A_PAGE
        )
    except NotFound as error:
        # BigQuery keeps the rows of a SELECT for about a day. It changed nothing: another one may be asked.
        raise AttemptError("The result of the job is no longer there") from error
    return tuple({name: _plain(value) for name, value in row.items()} for row in found)


def _rows_written(job: "bigquery.QueryJob") -> int | None:
    # A MERGE that replaces rows both deletes and inserts; what it wrote are the rows it left behind.
    if job.dml_stats is not None and job.statement_type == "MERGE":
        return int(job.dml_stats.inserted_row_count) + int(job.dml_stats.updated_row_count)
    return job.num_dml_affected_rows


def _rows_of_children(job: "bigquery.QueryJob", client: "bigquery.Client") -> int | None:
    """What the statements of a job wrote together, those left out that only change the row of a lock."""
    # Whoever submitted a job may list its children without another permission ("Method: jobs.list",
    # docs.cloud.google.com/bigquery/docs/reference/rest/v2/jobs/list).
    from google.api_core.exceptions import Forbidden

    try:
        children = list(client.list_jobs(parent_job=job, retry=bounded_retry(), timeout=CALL_SECONDS))
    except Forbidden:
        return None  # the rows are written, and a step is worth more than its figure
    written = [
        _rows_written(child)
        for child in children
        if child.destination is not None and not is_lock(child.destination.table_id)
    ]
    counts = [count for count in written if count is not None]
    return sum(counts) if counts else None


def _plain(value: object) -> str | int | bool | None:
    match value:
        case None | bool() | int() | str():
            return value
        case date():
            return value.isoformat()
        case _:
            return str(value)
