"""Rows that don't fit are set aside: each row is in the table or in its quarantine, once."""

import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_tables import BigQueryTables
from shared.config.standard_tables import standard_table
from shared.domain.destination import DestinationSchema, IngestDestination
from shared.domain.errors import StepError
from shared.domain.plan import PlannedIngest
from shared.domain.quarantine import quarantine_of
from shared.domain.source import FilesSource
from shared.domain.table import Column, Table
from shared.steps.attempt import StepResult
from tests.contract.adapters.steps import attempt_at, make_written
from tests.contract.adapters.test_ingest import carried_over

RAW = standard_table("raw_data")
CHARGES = Table(
    name="charges",
    columns=(
        Column(name="pipeline_id", type="STRING", mode="REQUIRED"),
        Column(name="broken_row", type="STRING"),
        Column(name="n", type="INTEGER", mode="REQUIRED"),
        Column(name="cost", type="NUMERIC"),
    ),
)
COLUMNS = {"cost": {"from": "Net Cost", "type": "NUMERIC"}}


def step_of(
    path: Path, kind: str, table: Table = CHARGES, *, mode: str = "append", **told: object
) -> PlannedIngest:
    source = {"type": "files", "path": str(path), "format": kind, "columns": COLUMNS, **told}
    return PlannedIngest(
        number=1,
        id="ingest",
        needs=(),
        source_name="costs",
        source=FilesSource.model_validate(source),
        destination=IngestDestination(
            table=table.name, mode=mode, fields=DestinationSchema(breaking_rows="quarantine")
        ),
        table=table,
    )


class Lake:
    """A tenant's tables, and the rows that are in each."""

    def __init__(self, client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path) -> None:
        self.client, self.tenant, self.files = client, tenant, files
        for table in (RAW, CHARGES):
            make_written(tables, tenant, table)
            tables.create_table(tenant, quarantine_of(table))

    def put(self, name: str, contents: str | bytes) -> Path:
        path = self.files / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return path

    def run(self, step: PlannedIngest, *, pipeline: str = "export") -> StepResult:
        return carried_over(self.client, attempt_at(step, tenant=self.tenant, pipeline=pipeline), self.files)

    def rows(self, columns: str, table: str) -> list[tuple[object, ...]]:
        sql = f"SELECT {columns} FROM `{self.tenant}.{table}` ORDER BY 1, 2"
        return [tuple(row.values()) for row in self.client.query_and_wait(sql)]


@pytest.fixture
def lake(client: bigquery.Client, tables: BigQueryTables, tenant: str, files: Path) -> Lake:
    return Lake(client, tables, tenant, files)


FITTING = [(1, "1.5"), (4, "5"), (5, "7"), (10, "0.1")]
BROKEN_CSV = [
    (
        3,
        "Net Cost",
        "'Net Cost', to be 'cost', must be NUMERIC, but is no number",
        {"n": "2", "Net Cost": "1;50"},
    ),
    (4, "n", "'n' must be INTEGER, but has no value", {"n": None, "Net Cost": "3"}),
    (5, None, "has 3 values, the header has 2", ["4", "5\n", "6"]),
    (8, "n", "'n' must be INTEGER, but is no number", {"n": "x", "Net Cost": "1"}),
    (9, None, "has 1 value, the header has 2", ["9"]),
]


def quarantined(lake: Lake, table: str = "charges_quarantine") -> list[tuple[object, ...]]:
    rows = lake.rows("source_file, line, field, reason, TO_JSON_STRING(data) AS data", table)
    return [(*row[:-1], json.loads(str(row[-1]))) for row in rows]


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_rows_of_csv_that_fit_are_written_and_the_others_set_aside_with_why(lake: Lake, mode: str) -> None:
    path = lake.put("a.csv", 'n,Net Cost\n1,1.50\n2,1;50\n,3\n4,"5\n",6\n5,7\nx,1\n9\n"10",0.1\n4,5\n')
    attempt = attempt_at(step_of(path, "csv", mode=mode), tenant=lake.tenant)

    results = [carried_over(lake.client, attempt, lake.files) for _ in range(2)]

    assert lake.rows("n, CAST(cost AS STRING)", "charges") == FITTING
    assert quarantined(lake) == [(str(path), *row) for row in BROKEN_CSV]
    assert {
        (each.metrics.rows_in, each.metrics.rows_out, each.metrics.rows_quarantined) for each in results
    } == {(9, 4, 5)}
    [warning] = results[1].results
    assert warning.message == (
        f"5 of 9 rows don't fit and are in charges_quarantine, such as {path}: line 3: "
        "'Net Cost', to be 'cost', must be NUMERIC, but is no number"
    )
    told = "tenant_id, pipeline_id, run_id, step_id, source, place"
    assert min(lake.rows(told, "charges_quarantine")) == (
        lake.tenant,
        attempt.plan.pipeline_id,
        attempt.run_id,
        "ingest",
        "costs",
        f"{path}: line 3",
    )


def test_lines_of_ndjson_that_are_no_rows_are_set_aside_as_their_text(lake: Lake) -> None:
    lines = [
        '{"n": 1, "Net Cost": 1.50}',
        "",
        "{oops",
        "[1]",
        '{"n": 2, "n": 3}',
        '{"n": 4, "x": true}',
        '"\\ud800"',
    ]
    path = lake.put("a.ndjson", "\n".join(lines))

    lake.run(step_of(path, "ndjson"))

    assert lake.rows("n, CAST(cost AS STRING)", "charges") == [(1, "1.5")]
    assert quarantined(lake) == [
        (str(path), 3, None, "is not JSON", "{oops"),
        (str(path), 4, None, "is not a JSON object; NDJSON has one object a line", "[1]"),
        (str(path), 5, None, "has a field twice", '{"n": 2, "n": 3}'),
        (str(path), 6, "x", "has a field 'x' that the table has no column for", {"n": 4, "x": True}),
        (str(path), 7, None, "holds half a character, as an escape of JSON can", '"\\ud800"'),
    ]


def test_rows_of_parquet_are_set_aside_by_their_numbers(lake: Lake) -> None:
    sink = io.BytesIO()
    columns = {"n": pyarrow.array([1, 2, None]), "Net Cost": ["1", "one", "3"]}
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    path = lake.put("a.parquet", sink.getvalue())

    lake.run(step_of(path, "parquet"))

    assert lake.rows("n, CAST(cost AS STRING)", "charges") == [(1, "1")]
    assert [row[1:3] for row in quarantined(lake)] == [(2, "Net Cost"), (3, "n")]


def test_what_replaces_rows_replaces_those_that_were_set_aside_with_them(lake: Lake) -> None:
    path = lake.put("a.csv", "n,Net Cost\n1,1\n2,x\n3,y\n")
    step = step_of(path, "csv", mode="replace")
    for pipeline in ("export", "other"):
        lake.run(step, pipeline=pipeline)

    lake.put("a.csv", "n,Net Cost\n1,1\n2,2\n3,z\n")
    lake.run(step)
    after = Counter((str(row[0]).rsplit("-", 1)[1], row[1]) for row in lake.rows("pipeline_id, n", "charges"))
    aside = lake.rows("pipeline_id, CAST(line AS STRING)", "charges_quarantine")
    lake.put("a.csv", "n,Net Cost\n")
    lake.run(step)

    assert after == {("export", 1): 1, ("export", 2): 1, ("other", 1): 1}
    assert [(str(row[0]).rsplit("-", 1)[1], row[1]) for row in aside] == [
        ("export", "4"),
        ("other", "3"),
        ("other", "4"),
    ]
    assert {
        str(row[0]).rsplit("-", 1)[1] for row in lake.rows("pipeline_id, line", "charges_quarantine")
    } == {"other"}


def test_an_attempt_after_one_that_wrote_and_was_said_to_have_failed_adds_no_row_again(lake: Lake) -> None:
    path = lake.put("a.csv", "n,Net Cost\n1,1\n2,x\n")
    step = step_of(path, "csv")
    first = attempt_at(step, tenant=lake.tenant)
    carried_over(lake.client, first, lake.files)

    for number, contents in ((2, "n,Net Cost\n1,1\n2,x\n"), (3, "n,Net Cost\n1,1\n2,2\n")):
        lake.put("a.csv", contents)
        carried_over(lake.client, replace(first, number=number), lake.files)

    assert lake.rows("n, CAST(cost AS STRING)", "charges") == [(1, "1")]
    assert [row[1] for row in quarantined(lake)] == [3]

    again = lake.run(step)

    assert (again.metrics.rows_out, lake.rows("n, 1", "charges")) == (2, [(1, 1), (1, 1), (2, 1)])


def test_whole_rows_of_raw_data_are_set_aside_alike(lake: Lake) -> None:
    path = lake.put("a.csv", "n,Net Cost\n1,1.50\n2,x\n3\n")

    lake.run(step_of(path, "csv", RAW, mode="replace"))

    assert lake.rows("TO_JSON_STRING(data) AS data, 1", "raw_data") == [('{"cost":"1.5","n":"1"}', 1)]
    assert [row[1] for row in quarantined(lake, "raw_data_quarantine")] == [3, 4]


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (
            "n,Net Cost\n1,x\n2,y\n",
            "none of the 2 rows fits, so that it is not about single rows, and none was set aside",
        ),
        ('n,Net Cost\n1,1\n2,"x\n', "has a quote that is never closed"),
        ("n,Net Costs\n1,1\n", "has no field 'Net Cost'"),
    ],
)
def test_a_file_that_is_wrong_itself_still_fails_the_step(lake: Lake, contents: str, said: str) -> None:
    path = lake.put("a.csv", contents)

    with pytest.raises(StepError, match=r"a\.csv: (line|the row)") as failed:
        lake.run(step_of(path, "csv"))

    assert said in str(failed.value)
    assert [lake.rows("1, 2", table) for table in ("charges", "charges_quarantine")] == [[], []]
