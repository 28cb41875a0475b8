"""dlt: its `filesystem` source and its reader for the format, into DuckDB, with the columns' types said beforehand."""

import os
from typing import Any

import dlt
import duckdb
from dlt.sources.filesystem import filesystem, read_csv_duckdb, read_jsonl, read_parquet

from benchmarks.peers.files import Load, time_load

_READERS: dict[str, Any] = {"ndjson": read_jsonl, "csv": read_csv_duckdb, "parquet": read_parquet}
_COLUMNS = {
    "charge_id": {"data_type": "bigint"},
    "usage_date": {"data_type": "date"},
    "service": {"data_type": "text"},
    "project": {"data_type": "text"},
    "cost": {"data_type": "decimal"},
    "currency": {"data_type": "text"},
    "resource": {"data_type": "text"},
    "started_at": {"data_type": "timestamp"},
}


def load(asked: Load) -> int:
    """Extract, normalise and load; as many rows as the table then has."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    warehouse = asked.folder / "warehouse.duckdb"
    pipeline = dlt.pipeline(
        "contest",
        pipelines_dir=str(asked.folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(warehouse)),
        dataset_name="bench",
    )
    files = filesystem(bucket_url=str(asked.file.parent), file_glob=asked.file.name)
    rows = files | _READERS[asked.written_as]()
    pipeline.run(rows.with_name("charges").apply_hints(columns=_COLUMNS))
    with duckdb.connect(str(warehouse)) as connection:
        [count] = connection.execute("SELECT COUNT(*) FROM bench.charges").fetchone() or (0,)
    return int(count)


if __name__ == "__main__":
    time_load(load)
