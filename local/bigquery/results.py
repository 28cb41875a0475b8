"""The rows of finished queries, kept as files for as long as BigQuery keeps them."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pyarrow as pa

from local.bigquery.job import JobKey

# BigQuery keeps the anonymous table behind a query for about 24 hours.
_KEEP_SECONDS = 24 * 3600


class Results:
    """One Arrow file a query. Written before the job is committed, so that a recorded query has its rows."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        oldest = time.time() - _KEEP_SECONDS
        for path in folder.glob("*.arrow"):
            if path.stat().st_mtime < oldest:
                path.unlink()

    def save(self, key: JobKey, rows: pa.Table, *, schema: list[dict[str, Any]]) -> None:
        """Keep the rows and their BigQuery schema."""
        described = rows.replace_schema_metadata({b"bigquery_schema": json.dumps(schema).encode()})
        path = self._path(key)
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, described.schema) as writer:
            writer.write_table(described)

    def load(self, key: JobKey) -> tuple[pa.Table, list[dict[str, Any]]]:
        """The rows and their schema; no rows if the query had none, or they are no longer kept."""
        path = self._path(key)
        if not path.exists():
            return pa.table({}), []
        with pa.memory_map(str(path)) as file:
            rows = pa.ipc.open_file(file).read_all()
        return rows, json.loads(rows.schema.metadata[b"bigquery_schema"])

    def _path(self, key: JobKey) -> Path:
        # Hashed, because two job ids may differ only in case where the file system does not.
        name = hashlib.sha256(f"{key.project}/{key.job_id}".encode()).hexdigest()
        return self._folder / f"{name}.arrow"
