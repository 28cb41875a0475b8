"""Files of every format on their way into raw_data and into a table with types."""

import csv
import gzip
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_tables import BigQueryTables
from shared.config.standard_tables import standard_table
from shared.domain.destination import IngestDestination
from shared.domain.errors import StepError
from shared.domain.plan import PlannedIngest
from shared.domain.source import FilesSource
from shared.domain.table import Table
from shared.steps.attempt import Attempt, StepResult
from tests.contract.adapters.charges import CHARGES
from tests.contract.adapters.ingesting import carried, disk_reader
from tests.contract.adapters.steps import attempt_at, make_written

RAW = standard_table("raw_data")
COSTS = ("0.000000001", "99999999999999999999999999999.999999999", "-12.5")
ROWS = [
    {"usage_date": "2025-11-01", "service": name, "cost": cost}
    for name, cost in zip(("a", 'b,"c"\n', "é🙂"), COSTS, strict=True)
]


def content(file_format: str, rows: list[dict[str, str]]) -> bytes:
    match file_format:
        case "csv":
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, rows[0])
            writer.writeheader()
            writer.writerows(rows)
            return text.getvalue().encode()
        case "ndjson":
            # Costs as numbers: more digits than a double has must survive.
            lines = (json.dumps(row).replace(f'"{row["cost"]}"', row["cost"]) for row in rows)
            return "\n".join(lines).encode()
        case _:
            columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
            costs = pyarrow.array([Decimal(cost) for cost in columns.pop("cost")], pyarrow.decimal128(38, 9))
            sink = io.BytesIO()
            pyarrow.parquet.write_table(pyarrow.table({**columns, "cost": costs}), sink)
            return sink.getvalue()


def written(
    files: Path, file_format: str, *, gzipped: bool = False, rows: list[dict[str, str]] | None = None
) -> Path:
    body = content(file_format, rows or ROWS)
    path = files / f"charges.{file_format}{'.gz' if gzipped else ''}"
    path.write_bytes(gzip.compress(body) if gzipped else body)
    return path


def step_from(path: Path, file_format: str, table: Table, *, mode: str = "append") -> PlannedIngest:
    return PlannedIngest(
        number=1,
        id="ingest",
        needs=(),
        source_name="files",
        source=FilesSource(type="files", path=str(path), format=file_format),
        destination=IngestDestination(table=table.name, mode=mode),
        table=table,
    )


def carried_over(client: bigquery.Client, attempt: Attempt, files: Path) -> StepResult:
    return carried(client, attempt, reader=disk_reader(files))


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("file_format", ["csv", "ndjson", "parquet"])
def test_a_file_of_any_format_arrives_in_raw_data_exactly_once(
    client: bigquery.Client,
    tables: BigQueryTables,
    tenant: str,
    files: Path,
    file_format: str,
    gzipped: bool,
    mode: str,
) -> None:
    make_written(tables, tenant, RAW)
    step = step_from(written(files, file_format, gzipped=gzipped), file_format, RAW, mode=mode)
    attempt = attempt_at(step, tenant=tenant)

    results = [carried_over(client, attempt, files) for _ in range(2)]

    rows = list(
        client.query_and_wait(
            "SELECT tenant_id, pipeline_id, run_id, JSON_VALUE(data, '$.service') AS service, "
            f"CAST(CAST(JSON_VALUE(data, '$.cost') AS NUMERIC) AS STRING) AS cost FROM `{tenant}.raw_data`"
        )
    )
    assert {(row["service"], row["cost"]) for row in rows} == {(row["service"], row["cost"]) for row in ROWS}
    assert {(row["tenant_id"], row["run_id"]) for row in rows} == {(tenant, attempt.run_id)}
    assert [(result.metrics.rows_in, result.metrics.rows_out) for result in results] == [(3, 3), (3, 3)]
    assert len(rows) == 3


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize("file_format", ["csv", "ndjson", "parquet"])
def test_a_file_of_any_format_arrives_in_a_table_with_types(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path, file_format: str, mode: str
) -> None:
    make_written(tables, tenant, CHARGES)
    step = step_from(written(files, file_format), file_format, CHARGES, mode=mode)

    for _ in range(2):
        carried_over(client, attempt_at(step, tenant=tenant), files)

    rows = list(client.query_and_wait(f"SELECT service, cost FROM `{tenant}.charges`"))
    expected = sorted(Decimal(cost) for cost in COSTS) * (2 if mode == "append" else 1)
    assert sorted(row["cost"] for row in rows) == sorted(expected)


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_a_value_of_the_wrong_type_fails_the_step_and_is_not_told(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path, mode: str
) -> None:
    make_written(tables, tenant, CHARGES)
    wrong = [*ROWS, {"usage_date": "2025-11-01", "service": "x", "cost": "not yours"}]
    step = step_from(written(files, "csv", rows=wrong), "csv", CHARGES, mode=mode)

    with pytest.raises(StepError) as failure:
        carried_over(client, attempt_at(step, tenant=tenant), files)

    assert "not yours" not in str(failure.value)
    assert list(client.query_and_wait(f"SELECT service FROM `{tenant}.charges`")) == []


def test_a_column_that_the_table_lacks_fails_the_step(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path
) -> None:
    make_written(tables, tenant, CHARGES)
    step = step_from(written(files, "csv", rows=[{"servcie": "a"}]), "csv", CHARGES)

    with pytest.raises(StepError, match="no column for: servcie"):
        carried_over(client, attempt_at(step, tenant=tenant), files)


def test_a_file_that_breaks_off_leaves_the_table_as_it_was(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path
) -> None:
    make_written(tables, tenant, RAW)
    whole = written(files, "csv", gzipped=True)
    step = step_from(whole, "csv", RAW, mode="replace")
    carried_over(client, attempt_at(step, tenant=tenant), files)
    whole.write_bytes(whole.read_bytes()[:-20])

    with pytest.raises(StepError, match=r"charges\.csv\.gz can't be read"):
        carried_over(client, attempt_at(step, tenant=tenant), files)

    assert len(list(client.query_and_wait(f"SELECT run_id FROM `{tenant}.raw_data`"))) == 3


def test_numbers_too_wide_for_json_are_kept_as_text(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path
) -> None:
    make_written(tables, tenant, RAW)
    path = files / "wide.ndjson"
    path.write_text('{"id": 9007199254740993, "small": 7, "cost": 0.1234567890123456789}\n')
    step = step_from(path, "ndjson", RAW)

    carried_over(client, attempt_at(step, tenant=tenant), files)

    [row] = client.query_and_wait(f"SELECT TO_JSON_STRING(data) AS data FROM `{tenant}.raw_data`")
    assert json.loads(row["data"]) == {"id": "9007199254740993", "small": 7, "cost": "0.1234567890123456789"}
