"""Keys on `metadata.api_keys`; letting somebody in takes a snapshot of them."""

from datetime import timedelta
from typing import TYPE_CHECKING

from shared.adapters.google_errors import translated
from shared.adapters.key_snapshot import KeySnapshot
from shared.adapters.short_queries import CALL_SECONDS, bounded_retry, parameter, read_rows
from shared.domain.api_key import ActiveKey, ApiKey
from shared.ports import Clock
from shared.sql.statement import statement

if TYPE_CHECKING:
    from google.cloud import bigquery


class BigQueryKeys:
    """Each instance of a function reads the active keys once a minute, and for unknown keys every `refresh_after`."""

    def __init__(
        self, client: "bigquery.Client", *, dataset: str, refresh_after: timedelta, clock: Clock
    ) -> None:
        self._client = client
        self._dataset = dataset
        self._snapshot = KeySnapshot(self._read_active, refresh_after=refresh_after, clock=clock)

    def find(self, api_key_hash: str, *, anew: bool) -> ActiveKey | None:
        """The active key with this hash, as it was within the last minute."""
        return self._snapshot.find(api_key_hash, anew=anew)

    def list_keys(self, tenant_id: str) -> list[ApiKey]:
        """The tenant's keys, newest first."""
        rows = self._rows("list_keys", parameter("tenant_id", "STRING", tenant_id))
        # A row inserted by hand may leave is_active NULL; only true opens anything.
        return [ApiKey.model_validate({**row, "is_active": row["is_active"] is True}) for row in rows]

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

    def _read_active(self) -> dict[str, ActiveKey]:
        keys = map(ActiveKey.model_validate, self._rows("list_active_keys"))
        return {key.api_key_hash: key for key in keys}

    def _rows(self, name: str, *parameters: "bigquery.ScalarQueryParameter") -> list[dict[str, object]]:
        rows = read_rows(
            self._client,
            statement(name),
            dataset=self._dataset,
            parameters=parameters,
            doing="read api_keys",
        )
        return [dict(row) for row in rows]

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
