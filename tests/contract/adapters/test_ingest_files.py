"""Files on their way into tables: those without rows, and what Parquet holds beside text and numbers."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.table import Table
from tests.contract.adapters.charges import CHARGES
from tests.contract.adapters.steps import attempt_at, make_written
from tests.contract.adapters.test_ingest import RAW, carried_over, step_from

COLUMNS = ("usage_date", "service", "cost")
ROW = ("2025-11-01", "a", "1.50")


def parquet(columns: dict[str, Any]) -> bytes:
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    return sink.getvalue()


ONE_ROW = {
    "csv": f"{','.join(COLUMNS)}\n{','.join(ROW)}\n".encode(),
    "ndjson": json.dumps(dict(zip(COLUMNS, ROW, strict=True))).encode(),
    "parquet": parquet({name: [value] for name, value in zip(COLUMNS, ROW, strict=True)}),
}
NOTHING = {
    "csv": [f"{','.join(COLUMNS)}\n".encode(), b"", b"\n\n", gzip.compress(b"")],
    "ndjson": [b"", b"\n \n", gzip.compress(b"")],
    "parquet": [parquet({name: pyarrow.array([], pyarrow.string()) for name in COLUMNS})],
}


@pytest.mark.parametrize("table", [RAW, CHARGES], ids=["raw_data", "own_table"])
def test_no_rows_are_a_success_and_replace_what_was_there(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path, table: Table
) -> None:
    make_written(tables, tenant, table)

    def carry(kind: str, contents: bytes, mode: str) -> tuple[int | None, int]:
        path = files / f"rows.{kind}"
        path.write_bytes(contents)
        step = step_from(path, kind, table, mode=mode)
        result = carried_over(client, attempt_at(step, tenant=tenant), files)
        [row] = client.query_and_wait(f"SELECT COUNT(*) AS n FROM `{tenant}.{table.name}`")
        return result.metrics.rows_out, row["n"]

    for kind, nothing in NOTHING.items():
        assert carry(kind, ONE_ROW[kind], "replace") == (1, 1)
        assert [carry(kind, contents, "append") for contents in nothing] == [(0, 1)] * len(nothing)
        assert [carry(kind, contents, "replace") for contents in nothing] == [(0, 0)] * len(nothing)


def test_what_parquet_holds_is_found_where_ndjson_would_have_it(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path
) -> None:
    make_written(tables, tenant, RAW)
    tags = pyarrow.map_(pyarrow.string(), pyarrow.binary())
    (files / "x.parquet").write_bytes(
        parquet(
            {
                "tags": pyarrow.array([[("team", b"search")]], tags),
                "last": pyarrow.array([253_402_300_799], pyarrow.timestamp("s", "Pacific/Kiritimati")),
                "took": pyarrow.array([90_500], pyarrow.duration("ms")),
                "share": pyarrow.array([float("inf")]),
            }
        )
    )

    carried_over(client, attempt_at(step_from(files / "x.parquet", "parquet", RAW), tenant=tenant), files)

    [row] = client.query_and_wait(
        "SELECT JSON_VALUE(data, '$.tags.team') AS team, TIMESTAMP(JSON_VALUE(data, '$.last')) AS last, "
        "CAST(CAST(JSON_VALUE(data, '$.took') AS INTERVAL) AS STRING) AS took, "
        f"CAST(JSON_VALUE(data, '$.share') AS FLOAT64) AS share FROM `{tenant}.raw_data`"
    )
    assert (row["team"], row["last"].isoformat()) == ("search", "9999-12-31T23:59:59+00:00")
    assert (row["took"], row["share"]) == ("0-0 0 0:1:30.500", float("inf"))
