"""Fill a table with a synthetic GCP billing export, as if Google had exported it there."""

import argparse
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import IO, cast

import pyarrow
import pyarrow.parquet
from google.cloud import bigquery

from local.samples.gcp_billing_export import SCHEMA, Field, rows
from local.samples.gcp_charge import Row
from shared.settings import read_settings
from shared.wiring import bigquery_client, our_credentials

DATASET, TABLE = "billing_export", "gcp_billing_export_v1_01A2B3_C4D5E6_F7A8B9"
SEED = 1
"""Which of all possible exports it is."""
# Every call has a deadline of its own: the client would otherwise try for ten minutes.
RETRY = bigquery.DEFAULT_RETRY.with_timeout(60)
_LOAD_SECONDS = 300
_TIMES = ("usage_start_time", "usage_end_time", "export_time")
_ARROW_TYPES = {
    "STRING": pyarrow.string(),
    "FLOAT": pyarrow.float64(),
    "TIMESTAMP": pyarrow.timestamp("us", tz="UTC"),
}


def load_billing_export(
    client: bigquery.Client,
    *,
    dataset: str,
    table: str,
    first_day: date,
    last_day: date,
    seed: int = SEED,
) -> int:
    """Put everything exported from `first_day` to `last_day` into the table, replacing what it holds.

    Creates the dataset and the table, partitioned by day of `export_time`, where they are missing. Returns the
    number of rows that the one load job wrote.
    """
    with tempfile.TemporaryFile() as spool:
        row_count = write_rows(spool, first_day=first_day, last_day=last_day, seed=seed)
        load_rows(client, spool, dataset=dataset, table=table)
    return row_count


def write_rows(spool: IO[bytes], *, first_day: date, last_day: date, seed: int = SEED) -> int:
    """Write the rows exported in these days as Parquet, which is loaded four times as fast as JSON; how many."""
    exported = [_with_times(row) for row in rows(first_day=first_day, last_day=last_day, seed=seed)]
    columns = pyarrow.schema([pyarrow.field(field["name"], _arrow_type(field)) for field in SCHEMA])
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(exported, schema=columns), spool)
    return len(exported)


def _with_times(row: Row) -> dict[str, object]:
    times = {name: datetime.fromisoformat(str(row[name])) for name in _TIMES}
    return {**row, **times}


def _arrow_type(field: Field) -> pyarrow.DataType:
    if field["type"] == "RECORD":
        fields = cast(list[Field], field["fields"])
        one = pyarrow.struct([pyarrow.field(inner["name"], _arrow_type(inner)) for inner in fields])
    else:
        one = _ARROW_TYPES[str(field["type"])]
    return pyarrow.list_(one) if field["mode"] == "REPEATED" else one


def load_rows(
    client: bigquery.Client, spool: IO[bytes], *, dataset: str, table: str, adds: bool = False
) -> None:
    """Put the rows that were written into the table by one job, in place of what it holds unless it `adds` to that."""
    client.create_dataset(f"{client.project}.{dataset}", exists_ok=True, retry=RETRY)
    schema = [bigquery.SchemaField.from_api_repr(field) for field in SCHEMA]
    by_day = bigquery.TimePartitioning(type_=bigquery.TimePartitioningType.DAY, field="export_time")
    target = bigquery.Table(f"{client.project}.{dataset}.{table}", schema=schema)
    target.time_partitioning = by_day
    client.create_table(target, exists_ok=True, retry=RETRY)
    dispositions = bigquery.WriteDisposition
    load = bigquery.LoadJobConfig(
        schema=schema,
        source_format=bigquery.SourceFormat.PARQUET,
        time_partitioning=by_day,
        write_disposition=dispositions.WRITE_APPEND if adds else dispositions.WRITE_TRUNCATE,
    )
    lists_are_repeated = bigquery.ParquetOptions()  # type: ignore[no-untyped-call]
    lists_are_repeated.enable_list_inference = True
    load.parquet_options = lists_are_repeated
    job = client.load_table_from_file(spool, target.reference, rewind=True, job_config=load)
    job.result(timeout=_LOAD_SECONDS)


def main() -> None:
    """Load the last days' export into the BigQuery that the environment names."""
    # Today's export would hold times that are yet to come.
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    parser = argparse.ArgumentParser(prog="python -m local.samples.load_billing_export", description=__doc__)
    parser.add_argument("--project", help="by default the environment's")
    parser.add_argument("--dataset", default=DATASET)
    parser.add_argument("--table", default=TABLE)
    parser.add_argument("--days", type=int, default=35, help="how many days of exports (35)")
    parser.add_argument(
        "--until", type=date.fromisoformat, default=yesterday, help="the last of them (yesterday, UTC)"
    )
    arguments = parser.parse_args()

    settings = read_settings()
    settings = replace(settings, project=arguments.project or settings.project)
    client = bigquery_client(settings, our_credentials(settings))
    first_day = arguments.until - timedelta(days=arguments.days - 1)
    row_count = load_billing_export(
        client,
        dataset=arguments.dataset,
        table=arguments.table,
        first_day=first_day,
        last_day=arguments.until,
    )
    where = f"{client.project}.{arguments.dataset}.{arguments.table}"
    print(f"Loaded {row_count} rows exported from {first_day} to {arguments.until} into {where}")


if __name__ == "__main__":
    main()
