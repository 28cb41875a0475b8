"""Warehouse on BigQuery: submits jobs, waits for them, keeps them from happening.

Whoever creates a job may look at it and stop it without another permission (bigquery.jobs.create in "BigQuery IAM
roles and permissions", docs.cloud.google.com/bigquery/docs/access-control). So all that is done with a tenant's jobs is
done as the tenant.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never, cast

from shared.adapters.dry_runs import REFUSED, estimate
from shared.adapters.fresh_grants import FreshGrants
from shared.adapters.google_errors import own_message, reasons, transience_in, translated
from shared.adapters.job_configs import VOID_SQL, is_void, objects_config, query_config, void_config
from shared.adapters.job_outcomes import failure_of, is_refused, outcome_of, refusal_of
from shared.adapters.short_queries import CALL_SECONDS, bounded_retry
from shared.adapters.tenant_tables import TenantTables
from shared.adapters.upload import upload
from shared.domain.errors import AttemptError, NotDirectlyError, StepError, StillRunningError, TransientError
from shared.domain.estimate import Estimate
from shared.domain.ids import TenantId
from shared.domain.job import OBJECTS_LABEL, Job, JobHandle, JobOutcome, LoadJob, ObjectsJob, QueryJob
from shared.domain.table import Purpose, Table

if TYPE_CHECKING:
    from google.api_core.exceptions import GoogleAPICallError
    from google.cloud import bigquery

Submitted: TypeAlias = "bigquery.QueryJob | bigquery.LoadJob"

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
"""Between two looks at a job that goes on. They grow with the time it has taken, so that no job is held up by half."""

_GRANT_PAUSE_SECONDS = 120
"""What a grant takes as a rule to be known everywhere."""


class BigQueryJobs:
    """Jobs whose id is the lock: BigQuery refuses a second job with the same id, and we adopt the first."""

    def __init__(self, client_of: "Callable[[TenantId], bigquery.Client]", *, grants: FreshGrants) -> None:
        """`client_of` gives a client with the credentials of a tenant's account, the same one each time."""
        self._client_of = client_of
        self._grants = grants
        self._submitted: dict[str, Any] = {}
        self._tables = TenantTables(client_of)

    def require_table(self, tenant_id: TenantId, table: Table, *, purpose: Purpose, anew: bool) -> bool:
        """Have the tenant's table as it is declared; whether anything had to be done."""
        with self._grants.awaited(tenant_id):
            return self._tables.require(tenant_id, table, purpose=purpose, anew=anew)

    def created_at(self, tenant_id: TenantId, table: str) -> datetime | None:
        """When the tenant's table was made, if it is there."""
        from google.api_core.exceptions import NotFound

        client = self._client_of(tenant_id)
        name = f"{client.project}.{tenant_id}.{table}"
        with self._grants.awaited(tenant_id), translated(f"look at table {tenant_id}.{table}"):
            try:
                found = client.get_table(name, retry=bounded_retry(), timeout=CALL_SECONDS)
            except NotFound:
                return None
        return cast(datetime, found.created)

    def estimate(self, job: QueryJob) -> Estimate:
        """What the job would read, by one call."""
        with self._grants.awaited(job.tenant_id):
            return estimate(self._client_of(job.tenant_id), job)

    def submit(self, job: Job) -> JobHandle:
        """Submit the job, or leave it be where its id is taken: whoever took it asked for the same, or gave it up."""
        from google.api_core.exceptions import Conflict, GoogleAPICallError

        with self._grants.awaited(job.tenant_id), translated(f"submit job {job.job_id}"):
            try:
                self._submitted[job.job_id] = self._begin(job)
            except Conflict:
                pass
            except GoogleAPICallError as error:
                if _is_lost_upload(error):
                    raise TransientError(f"The upload for job {job.job_id} was cut off") from error
                if error.code not in REFUSED or transience_in(error):
                    raise
                raise refusal_of(reasons(error), own_message(error)) from error
        return JobHandle(tenant_id=job.tenant_id, job_id=job.job_id, location=job.location)

    def find(self, handle: JobHandle) -> JobHandle | None:
        """The job, if it was ever submitted."""
        from google.api_core.exceptions import NotFound

        with self._grants.awaited(handle.tenant_id), translated(f"look up job {handle.job_id}"):
            try:
                self._client_of(handle.tenant_id).get_job(
                    handle.job_id, location=handle.location, retry=bounded_retry(), timeout=CALL_SECONDS
                )
            except NotFound:
                return None
        return handle

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        """What came of the job, once it is done. A job that is done by now is never said to go on."""
        with self._grants.awaited(handle.tenant_id), translated(f"wait for job {handle.job_id}"):
            job: Any = self._submitted.pop(handle.job_id, None) or self._find(handle)
            if not _is_done(job, until=until):
                raise StillRunningError(f"Job {handle.job_id} still runs")
            if job.error_result is not None:
                raise self._failure(job, handle.tenant_id)
            return outcome_of(job, self._client_of(handle.tenant_id))

    def void(self, handle: JobHandle) -> bool:
        """Take the job's id with a job that fails. Whoever comes first has the id for good."""
        from google.api_core.exceptions import Conflict

        doing = f"take the id of job {handle.job_id}"
        with self._grants.awaited(handle.tenant_id), translated(doing, request_is_valid=True):
            try:
                self._client_of(handle.tenant_id).query(
                    VOID_SQL,
                    job_config=void_config(),
                    job_id=handle.job_id,
                    location=handle.location,
                    job_retry=None,
                    retry=bounded_retry(),
                    timeout=CALL_SECONDS,
                )
            except Conflict:
                return is_void(self._find(handle).labels)
        return True

    def cancel(self, handle: JobHandle) -> None:
        """Ask BigQuery to stop the job. It may yet succeed; whoever waits for it is told."""
        from google.api_core.exceptions import BadRequest, NotFound

        doing, is_over = f"cancel job {handle.job_id}", suppress(BadRequest, NotFound)
        with self._grants.awaited(handle.tenant_id), translated(doing, request_is_valid=True), is_over:
            self._client_of(handle.tenant_id).cancel_job(
                handle.job_id, location=handle.location, retry=bounded_retry(), timeout=CALL_SECONDS
            )

    def _failure(self, job: "Submitted", tenant_id: TenantId) -> StepError | AttemptError:
        # The job has used up its id, so that only another attempt can find the grants there.
        failure = failure_of(job)
        if isinstance(failure, StepError) and OBJECTS_LABEL in job.labels:
            return NotDirectlyError(failure)
        if not is_refused(job) or not self._grants.is_young(tenant_id):
            return failure
        return AttemptError(str(failure), retry_after_seconds=_GRANT_PAUSE_SECONDS)

    def _begin(self, job: Job) -> "Submitted":
        client = self._client_of(job.tenant_id)
        match job:
            case QueryJob():
                return client.query(
                    job.sql,
                    job_config=query_config(job, project=client.project),
                    job_id=job.job_id,
                    location=job.location,
                    job_retry=None,
                    retry=bounded_retry(),
                    timeout=CALL_SECONDS,
                )
            case LoadJob():
                return upload(client, job)
            case ObjectsJob():
                return client.load_table_from_uri(
                    list(job.uris),
                    f"{client.project}.{job.tenant_id}.{job.table.name}",
                    job_config=objects_config(job),
                    job_id=job.job_id,
                    location=job.location,
                    retry=bounded_retry(),
                    timeout=CALL_SECONDS,
                )
            case _:
                assert_never(job)

    def _find(self, handle: JobHandle) -> "Submitted":
        # A job that was just refused as a duplicate may not be found for a moment (googleapis/python-bigquery#2134).
        from google.api_core.exceptions import NotFound
        from google.api_core.retry import if_exception_type

        retry = bounded_retry().with_predicate(if_exception_type(NotFound))
        found = self._client_of(handle.tenant_id).get_job(
            handle.job_id, location=handle.location, retry=retry, timeout=CALL_SECONDS
        )
        return cast("Submitted", found)


def _is_done(job: "Submitted", *, until: datetime) -> bool:
    # Asks for the job itself: the call that waits for a query's rows would give the query's failure as its own.
    pause = _FIRST_PAUSE_SECONDS
    is_done = bool(job.done(reload=False))  # it was shown to us just now
    while not is_done:
        left = (until - datetime.now(tz=UTC)).total_seconds()
        time.sleep(max(0.0, min(pause, left)))
        is_done = job.done(retry=bounded_retry(), timeout=CALL_SECONDS)
        if left <= pause:
            break
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
    return is_done


def _is_lost_upload(error: "GoogleAPICallError") -> bool:
    """Whether BigQuery no longer knows the upload that a file was being sent to; the file can be sent anew."""
    return error.code in {404, 410} and error.response is not None and error.response.request.method == "PUT"
