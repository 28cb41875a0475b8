"""What a query would read, by BigQuery's dry run: it is planned, and nothing of it is carried out or billed.

docs.cloud.google.com/bigquery/docs/running-queries#dry-run; `totalBytesProcessedAccuracy` in JobStatistics2 of
docs.cloud.google.com/bigquery/docs/reference/rest/v2/Job.
"""

from typing import TYPE_CHECKING

from shared.adapters.google_errors import own_message, reasons, transience_in, translated
from shared.adapters.job_configs import dry_run_config
from shared.adapters.job_outcomes import refusal_of
from shared.domain.estimate import Estimate
from shared.domain.job import QueryJob

if TYPE_CHECKING:
    from google.cloud import bigquery

_CALL_SECONDS = 10
"""An answer takes a few tenths of a second, and whoever waits for it can do without."""
REFUSED = {400, 404}
"""The statuses for a job that is wrong, or about something that isn't there."""
_TURNS = 2
"""How often a job that takes turns reads the table by which it does so, of one row (shared/steps/write_sql.py)."""
_SURE = {"PRECISE", "UPPER_BOUND"}


def estimate(client: "bigquery.Client", job: QueryJob) -> Estimate:
    """What the job would read. Raises StepError for one that would be refused, TransientError after one call."""
    from google.api_core.exceptions import GoogleAPICallError

    with translated(f"estimate job {job.job_id}"):
        try:
            planned = client.query(
                job.own_sql or job.sql,
                job_config=dry_run_config(job, project=client.project),
                location=job.location,
                job_retry=None,
                # None means once, though the client's types don't say so.
                retry=None,  # type: ignore[arg-type]
                timeout=_CALL_SECONDS,
            )
        except GoogleAPICallError as error:
            if error.code not in REFUSED or transience_in(error):
                raise
            raise refusal_of(reasons(error), own_message(error)) from error
    return _estimate_of(planned, more_tables=0 if job.own_sql is None else _TURNS)


def _estimate_of(planned: "bigquery.QueryJob", *, more_tables: int) -> Estimate:
    statistics = planned._properties.get("statistics", {}).get("query", {})
    # Of several statements BigQuery may not know what the later ones read.
    is_sure = planned.statement_type != "SCRIPT" and (
        statistics.get("totalBytesProcessedAccuracy", "PRECISE") in _SURE
    )
    return Estimate(
        bytes_processed=planned.total_bytes_processed if is_sure else None,
        table_count=len(planned.referenced_tables) + more_tables,
    )
