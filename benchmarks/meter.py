"""How many bytes the platform's own reads of the log process and bill: its adapters, over a client that counts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from google.cloud import bigquery

from shared.adapters.bigquery_keys import BigQueryKeys
from shared.adapters.bigquery_log import BigQueryLog
from shared.adapters.clock import SystemClock
from shared.domain.ids import METADATA_DATASET, RunId
from shared.domain.run_list import RunQuery, since_when

ACTIONS = ("get", "list", "trigger", "trigger within a limit", "step")


@dataclass(frozen=True)
class Bytes:
    """What one action's queries read."""

    processed: int
    billed: int


class Counting:
    """The part of Google's client that the adapters' reads use; every query is a job, which has figures."""

    def __init__(self, client: bigquery.Client) -> None:
        self._client = client
        self.project = client.project
        self.processed = 0
        self.billed = 0

    def query_and_wait(self, sql: str, *, job_config: bigquery.QueryJobConfig, **_: Any) -> Any:
        job_config.use_query_cache = False
        job = self._client.query(sql, job_config=job_config)
        rows = job.result()
        self.processed += job.total_bytes_processed or 0
        self.billed += job.total_bytes_billed or 0
        return rows


def log_of(counting: Counting) -> BigQueryLog:
    """The platform's log, read over a client that counts."""
    return BigQueryLog(cast(bigquery.Client, counting), dataset=METADATA_DATASET)


def read_bytes(client: bigquery.Client, action: str, *, tenant_id: str, run_id: RunId) -> Bytes:
    """What the reads of an action cost. That of the keys is among a trigger's: it is made once a minute at most."""
    counting = Counting(client)
    log = log_of(counting)
    if action in {"get", "step"}:
        log.read(tenant_id, [run_id])
    elif action == "list":
        log.list_runs(RunQuery(tenant_id=tenant_id, since=since_when(None, now=SystemClock().now())))
    else:
        keys = BigQueryKeys(
            cast(bigquery.Client, counting),
            dataset=METADATA_DATASET,
            refresh_after=timedelta(seconds=10),
            clock=SystemClock(),
        )
        keys.find("0" * 64, anew=False)
        if action == "trigger within a limit":
            log.list_open_runs(tenant_id)
    return Bytes(counting.processed, counting.billed)
