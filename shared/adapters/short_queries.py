"""Reading BigQuery with short queries that need no job id."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shared.adapters.google_errors import translated

if TYPE_CHECKING:  # slow to import; only adapters that run a query pay for it
    from google.api_core.retry import Retry
    from google.cloud import bigquery

SqlValue = str | int | bool | datetime | None
CALL_SECONDS = 30
"""How long one call of BigQuery's API may take, its retries included."""


def parameter(name: str, sql_type: str, value: SqlValue) -> "bigquery.ScalarQueryParameter":
    """A named scalar parameter."""
    from google.cloud import bigquery

    return bigquery.ScalarQueryParameter(name, sql_type, value)


def array_parameter(name: str, sql_type: str, values: Sequence[str]) -> "bigquery.ArrayQueryParameter":
    """A named array parameter."""
    from google.cloud import bigquery

    return bigquery.ArrayQueryParameter(name, sql_type, list(values))


def bounded_retry() -> "Retry":
    """The client library's own retry, which alone would go on for ten minutes, held to CALL_SECONDS."""
    from google.cloud.bigquery.retry import DEFAULT_RETRY

    return DEFAULT_RETRY.with_timeout(CALL_SECONDS)


def read_rows(
    client: "bigquery.Client",
    sql: str,
    *,
    dataset: str,
    parameters: Iterable["bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter"],
    doing: str,
) -> list["bigquery.Row"]:
    """Every row of the statement; unqualified tables mean `dataset`."""
    from google.api_core.retry import Retry
    from google.cloud import bigquery

    config = bigquery.QueryJobConfig(
        default_dataset=f"{client.project}.{dataset}", query_parameters=list(parameters)
    )
    with translated(doing):
        return list(
            client.query_and_wait(
                sql,
                job_config=config,
                api_timeout=CALL_SECONDS,
                wait_timeout=CALL_SECONDS,
                retry=bounded_retry(),
                job_retry=Retry(predicate=_never),
            )
        )


def _never(_: Exception) -> bool:
    return False
