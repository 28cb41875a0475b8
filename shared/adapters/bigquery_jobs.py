"""The part of Warehouse that submits jobs and waits for them."""

from collections.abc import Iterable
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never, cast

from shared.adapters.bigquery_reads import CALL_SECONDS, bounded_retry
from shared.adapters.bigquery_tables import schema_fields
from shared.adapters.google_errors import translated
from shared.domain.errors import StepError, TransientError
from shared.domain.job import Job, JobHandle, JobOutcome, LoadJob, QueryJob
from shared.domain.redaction import without_row_values
from shared.domain.sql_parameter import SqlParameter

if TYPE_CHECKING:
    from google.cloud import bigquery

Submitted: TypeAlias = "bigquery.QueryJob | bigquery.LoadJob"

WAIT_SECONDS = 500
"""How long one call of the executor waits for a job; its own time is up after 540 s."""


class BigQueryJobs:
    """Jobs whose id is the lock: BigQuery refuses a second job with the same id, and we adopt the first."""

    def __init__(self, client: "bigquery.Client", *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._client = client
        self._wait_seconds = wait_seconds
        self._submitted: dict[str, Any] = {}

    def submit(self, job: Job) -> JobHandle:
        """Submit the job, or leave it be where its id is taken: whoever took it asked for the same."""
        from google.api_core.exceptions import BadRequest, Conflict, NotFound

        with translated(f"submit job {job.job_id}"):
            try:
                self._submitted[job.job_id] = self._begin(job)
            except Conflict:
                pass
            except (BadRequest, NotFound) as error:
                raise StepError(without_row_values(error.message)) from error
        return JobHandle(job_id=job.job_id, location=job.location)

    def find(self, handle: JobHandle) -> JobHandle | None:
        """The job, if it was ever submitted."""
        from google.api_core.exceptions import NotFound

        with translated(f"look up job {handle.job_id}"):
            try:
                self._client.get_job(
                    handle.job_id, location=handle.location, retry=bounded_retry(), timeout=CALL_SECONDS
                )
            except NotFound:
                return None
        return handle

    def wait(self, handle: JobHandle) -> JobOutcome:
        """What came of the job, once it is done."""
        from google.api_core.exceptions import BadRequest, GoogleAPICallError

        with translated(f"wait for job {handle.job_id}"):
            job: Any = self._submitted.pop(handle.job_id, None) or self._find(handle)
            try:
                rows = job.result(timeout=self._wait_seconds, **_no_retry(job))
            except FutureTimeoutError as error:
                raise TransientError(
                    f"Job {handle.job_id} still runs after {self._wait_seconds} s"
                ) from error
            except (GoogleAPICallError, BadRequest):
                if job.error_result is None:
                    raise
                raise StepError(_failure(job.error_result, job.errors or [])) from None
        if job.job_type == "load":
            return _load_outcome(job)
        return _query_outcome(job, rows)

    def ping(self) -> None:
        """Ask for one dataset, once: who asks wants to know how it is now."""
        with translated("list datasets"):
            # None means once, though the client's types don't say so.
            found = self._client.list_datasets(max_results=1, retry=None, timeout=CALL_SECONDS)  # type: ignore[arg-type]
            list(found)

    def _begin(self, job: Job) -> "Submitted":
        from google.cloud.bigquery.retry import DEFAULT_RETRY

        match job:
            case QueryJob():
                return self._client.query(
                    job.sql,
                    job_config=_query_config(job, project=self._client.project),
                    job_id=job.job_id,
                    location=job.location,
                    job_retry=None,
                    retry=DEFAULT_RETRY.with_timeout(CALL_SECONDS),
                    timeout=CALL_SECONDS,
                )
            case LoadJob():
                with job.file.open("rb") as spool:
                    return self._client.load_table_from_file(
                        spool,
                        f"{self._client.project}.{job.dataset}.{job.table.name}",
                        job_config=_load_config(job),
                        job_id=job.job_id,
                        location=job.location,
                        timeout=CALL_SECONDS * 10,
                    )
            case _:
                assert_never(job)

    def _find(self, handle: JobHandle) -> "Submitted":
        # A job that was just refused as a duplicate may not be found for a moment (googleapis/python-bigquery#2134).
        from google.api_core.exceptions import NotFound
        from google.api_core.retry import if_exception_type
        from google.cloud.bigquery.retry import DEFAULT_RETRY

        retry = DEFAULT_RETRY.with_predicate(if_exception_type(NotFound)).with_timeout(CALL_SECONDS)
        found = self._client.get_job(
            handle.job_id, location=handle.location, retry=retry, timeout=CALL_SECONDS
        )
        return cast("Submitted", found)


def _query_config(job: QueryJob, *, project: str) -> "bigquery.QueryJobConfig":
    from google.cloud import bigquery

    config = bigquery.QueryJobConfig(
        default_dataset=f"{project}.{job.dataset}",
        query_parameters=[_parameter(parameter) for parameter in job.parameters],
        maximum_bytes_billed=job.max_bytes_billed,
        use_legacy_sql=False,
        labels=job.labels,
    )
    config.job_timeout_ms = job.timeout_seconds * 1000
    return config


def _load_config(job: LoadJob) -> "bigquery.LoadJobConfig":
    from google.cloud import bigquery

    config = bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON,
        create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
        write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
        schema=schema_fields(job.table),
        labels=job.labels,
    )
    config.job_timeout_ms = job.timeout_seconds * 1000
    return config


def _parameter(parameter: SqlParameter) -> "bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter":
    from google.cloud import bigquery

    if isinstance(parameter.value, tuple):
        return bigquery.ArrayQueryParameter(parameter.name, parameter.type, list(parameter.value))
    return bigquery.ScalarQueryParameter(parameter.name, parameter.type, _typed(parameter))


def _typed(parameter: SqlParameter) -> str | int | bool | Decimal | date | datetime | None:
    value = parameter.value
    if not isinstance(value, str):
        return None
    match parameter.type:
        case "INT64":
            return int(value)
        case "NUMERIC":
            return Decimal(value)
        case "BOOL":
            return value == "true"
        case "DATE":
            return date.fromisoformat(value)
        case "TIMESTAMP":
            return datetime.fromisoformat(value)
        case "STRING":
            return value


def _no_retry(job: "Submitted") -> dict[str, None]:
    # A query job retried by the client would get another id, and with it lose the lock.
    return {"job_retry": None} if job.job_type == "query" else {}


def _failure(error_result: dict[str, Any], errors: list[dict[str, Any]]) -> str:
    # A load's error_result often only says that there were errors; the first of them says which.
    said = [
        str(each.get("message") or each.get("reason") or "no reason given")
        for each in (error_result, *errors)
    ]
    return "; ".join(map(without_row_values, dict.fromkeys(said[:2])))


def _load_outcome(job: "bigquery.LoadJob") -> JobOutcome:
    return JobOutcome(
        job_id=job.job_id,
        rows_written=job.output_rows,
        bytes_processed=job.output_bytes or 0,
        bytes_billed=0,
        slot_ms=0,
    )


def _query_outcome(job: "bigquery.QueryJob", rows: Iterable["bigquery.Row"]) -> JobOutcome:
    is_select = job.statement_type == "SELECT"
    return JobOutcome(
        job_id=job.job_id,
        rows_written=_rows_written(job),
        bytes_processed=job.total_bytes_processed or 0,
        bytes_billed=job.total_bytes_billed or 0,
        slot_ms=job.slot_millis or 0,
        rows=tuple({name: _plain(value) for name, value in row.items()} for row in rows) if is_select else (),
    )


def _rows_written(job: "bigquery.QueryJob") -> int | None:
    # A MERGE that replaces rows both deletes and inserts; what it wrote are the rows it left behind.
    if job.dml_stats is not None and job.statement_type == "MERGE":
        return int(job.dml_stats.inserted_row_count) + int(job.dml_stats.updated_row_count)
    return job.num_dml_affected_rows


def _plain(value: object) -> str | int | bool | None:
    match value:
        case None | bool() | int() | str():
            return value
        case date():
            return value.isoformat()
        case _:
            return str(value)
