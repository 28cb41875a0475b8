"""Keys on `metadata.api_keys`, with a short memory of the keys that were found."""

from datetime import timedelta
from typing import TYPE_CHECKING

from shared.adapters.google_errors import translated
from shared.adapters.short_queries import CALL_SECONDS, bounded_retry, parameter, read_rows
from shared.domain.api_key import ApiKey
from shared.ports import Clock
from shared.sql.statement import statement

if TYPE_CHECKING:
    from datetime import datetime

    from google.cloud import bigquery

REMEMBERED_FOR = timedelta(seconds=60)
"""A revoked key stops working within this time. Keys that were not found are asked for every time."""


class BigQueryKeys:
    """Each instance of a function remembers the keys it saw for up to a minute."""

    def __init__(self, client: "bigquery.Client", *, dataset: str, clock: Clock) -> None:
        self._client = client
        self._dataset = dataset
        self._clock = clock
        self._remembered: dict[str, tuple[datetime, ApiKey]] = {}

    def find(self, api_key_hash: str) -> ApiKey | None:
        """The key with this hash."""
        now = self._clock.now()
        found_at, key = self._remembered.get(api_key_hash, (None, None))
        if found_at is not None and now - found_at < REMEMBERED_FOR:
            return key
        self._remembered.pop(api_key_hash, None)
        rows = self._read("find_key", api_key_hash=api_key_hash)
        if not rows:
            return None
        self._remembered[api_key_hash] = (now, rows[0])
        return rows[0]

    def list_keys(self, tenant_id: str) -> list[ApiKey]:
        """The tenant's keys, newest first."""
        return self._read("list_keys", tenant_id=tenant_id)

    def insert(self, key: ApiKey) -> None:
        """Keep a key."""
        self._change(
            "insert_key",
            parameter("api_key_hash", "STRING", key.api_key_hash),
            parameter("tenant_id", "STRING", key.tenant_id),
            parameter("created_at", "TIMESTAMP", key.created_at),
            parameter("created_by", "STRING", key.created_by),
            parameter("description", "STRING", key.description),
            parameter("expires_at", "TIMESTAMP", key.expires_at),
            parameter("last4", "STRING", key.last4),
        )

    def revoke(self, tenant_id: str, api_key_hash_prefix: str) -> int:
        """Make the tenant's active keys whose hash begins so inactive; how many there were."""
        return self._change(
            "revoke_keys",
            parameter("tenant_id", "STRING", tenant_id),
            parameter("api_key_hash_prefix", "STRING", api_key_hash_prefix),
        )

    def _read(self, name: str, **values: str) -> list[ApiKey]:
        rows = read_rows(
            self._client,
            statement(name),
            dataset=self._dataset,
            parameters=[parameter(key, "STRING", value) for key, value in values.items()],
            doing="read api_keys",
        )
        return [_key(dict(row)) for row in rows]

    def _change(self, name: str, *parameters: "bigquery.ScalarQueryParameter") -> int:
        from google.cloud import bigquery

        config = bigquery.QueryJobConfig(
            default_dataset=f"{self._client.project}.{self._dataset}", query_parameters=list(parameters)
        )
        with translated("change api_keys"):
            job = self._client.query(
                statement(name),
                job_config=config,
                retry=bounded_retry(),
                job_retry=None,
                timeout=CALL_SECONDS,
            )
            job.result(timeout=CALL_SECONDS, retry=bounded_retry(), job_retry=None)
        return int(job.num_dml_affected_rows or 0)


def _key(row: dict[str, object]) -> ApiKey:
    # A row inserted by hand may leave is_active NULL; only true opens anything.
    return ApiKey.model_validate({**row, "is_active": row["is_active"] is True})
