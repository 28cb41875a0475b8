"""dlt over one place: extracted and normalised to Parquet, which is as far as an upload's bytes; nothing is loaded."""

import json
import os
import sys
import tempfile
import time
from typing import Any

import dlt
from dlt.sources.filesystem import filesystem, read_csv_duckdb, read_jsonl, read_parquet

from benchmarks.peers.contest import tell
from benchmarks.processes import forget_peaks, peak_mb

_READERS: dict[str, Any] = {"ndjson": read_jsonl, "csv": read_csv_duckdb, "parquet": read_parquet}
_NOBODY = "anon"
"""What gcsfs calls a client without credentials."""


def source_of(said: dict[str, Any]) -> Any:
    """What dlt reads: a table, or files of a folder or bucket."""
    if "database" in said:
        from dlt.sources.sql_database import sql_table

        return sql_table(credentials=said["database"], table="charges", backend="pyarrow")
    files = filesystem(bucket_url=said["url"], file_glob=said["glob"], **_access(said))
    return (files | _READERS[said["format"]]()).with_name("charges")


def _access(said: dict[str, Any]) -> dict[str, Any]:
    if "s3" in said:
        import s3fs

        key = {"key": "bench", "secret": "bench-key"}
        return {"credentials": s3fs.S3FileSystem(**key, client_kwargs={"endpoint_url": said["s3"]})}
    if "gs" in said:
        # It asks by gRPC what kind of bucket it is, for 40 s where nobody answers.
        os.environ["GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT"] = "false"
        import gcsfs

        return {"credentials": gcsfs.GCSFileSystem(token=_NOBODY, endpoint_url=said["gs"])}
    return {}


def main() -> None:
    """Tell seconds, rows and the most memory."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"
    said = json.loads(sys.argv[2])
    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
        pipeline = dlt.pipeline(
            "place",
            pipelines_dir=folder,
            destination=dlt.destinations.duckdb(f"{folder}/w"),
            dataset_name="bench",
        )
        forget_peaks(os.getpid())
        began = time.monotonic()
        pipeline.extract(source_of(said))
        pipeline.normalize()
        seconds = time.monotonic() - began
        trace: Any = pipeline.last_trace
        rows = trace.last_normalize_info.row_counts["charges"]
        tell({"rows": rows, "seconds": seconds, "peak_mb": sum(peak_mb(os.getpid()).values())})


if __name__ == "__main__":
    main()
