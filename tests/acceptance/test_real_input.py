"""The example pipelines on real and on generated input, exact to the last decimal."""

import csv
import io
import os
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from local.demo.figures import SEED, compare
from local.samples.load_billing_export import TABLE, load_billing_export
from tests import plain_http
from tests.patience import PATIENCE_SECONDS, await_midnight_gone
from tests.stage import ROOT, TENANT, Stage

SAMPLE = Path(os.environ.get("FOCUS_SAMPLE", ROOT.parent / "shared" / "data" / "focus_sample.csv"))


@pytest.mark.skipif(
    not SAMPLE.exists(),
    reason="needs the FinOps Foundation's FOCUS sample of 1,000 rows as CSV; name it in FOCUS_SAMPLE",
)
def test_a_thousand_real_charges_add_up_to_the_last_decimal(stage: Stage) -> None:
    source = stage.configs / TENANT / "sources" / "focus_export.yml"
    original = source.read_text()
    source.write_text(original.replace("path: files/focus_sample.csv", f"path: {SAMPLE.resolve()}"))

    run = stage.run()

    source.write_text(original)
    of_pipeline = f"WHERE pipeline_id = '{TENANT}-focus-cost-import'"
    [raw] = stage.rows(
        f"SELECT COUNT(*) AS total, COUNTIF(JSON_VALUE(data, '$.ContractedCost') IS NULL) AS without_contract, "
        f"COUNTIF(TO_JSON_STRING(data) LIKE '%\"NULL\"%') AS null_words FROM {TENANT}.raw_data {of_pipeline}"
    )
    [cost] = stage.rows(f"SELECT SUM(billed_cost) AS total FROM {TENANT}.transformed_data {of_pipeline}")
    assert run["status"] == "SUCCESS"
    assert raw == {"total": 1000, "without_contract": 7, "null_words": 0}
    assert cost == {"total": Decimal("20.520226762")}
    assert cost["total"] == _expected_cost(SAMPLE)


def test_the_billing_export_becomes_the_figures_that_were_worked_out_apart(stage: Stage) -> None:
    await_midnight_gone()
    today = datetime.now(tz=UTC).date()
    exported = (today - timedelta(days=20), today)
    load_billing_export(
        stage.client(),
        dataset="billing_export",
        table=TABLE,
        first_day=exported[0],
        last_day=exported[1],
        seed=SEED,
    )

    stage.run()
    run = stage.run(f"/api/v1/pipelines/run/{TENANT}/gcp/cost/export")

    usage = (today - timedelta(days=7), today - timedelta(days=1))
    assert run["status"] == "SUCCESS", run
    assert run["parameters"] == {"date_range": f"{usage[0]}/{usage[1]}", "exclude_non_billable": False}
    wrong = [each for each in compare(stage.client(), exported=exported, usage=usage) if not each.agrees]
    assert wrong == []


def test_objects_put_into_a_bucket_are_read(stage: Stage) -> None:
    storage = plain_http.Client(
        base_url=stage.platform.env["STORAGE_EMULATOR_HOST"], timeout=PATIENCE_SECONDS
    )
    sample = stage.configs / TENANT / "files" / "focus_sample.csv"
    source = stage.configs / TENANT / "sources" / "focus_export.yml"
    original = source.read_text()
    source.write_text(original.replace("path: files/focus_sample.csv", "path: gs://own-exports/2025/*.csv"))

    storage.post("/storage/v1/b", json={"name": "own-exports"}).raise_for_status()
    where = {"uploadType": "media", "name": "2025/11.csv"}
    content = sample.read_bytes()
    storage.post("/upload/storage/v1/b/own-exports/o", params=where, content=content).raise_for_status()
    run = stage.run()
    with sample.open(newline="") as lines:
        rows = [
            {name: None if text in ("", "NULL") else text for name, text in row.items()}
            for row in csv.DictReader(lines)
        ]
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), sink)
    storage.put("/own-exports/2025/11.parquet", content=sink.getvalue()).raise_for_status()
    source.write_text("type: files\npath: gs://own-exports/2025/*.parquet\nformat: parquet\n")
    before = stage.rows(f"SELECT TO_JSON_STRING(data) AS data FROM {TENANT}.raw_data ORDER BY 1")
    direct = stage.run()

    source.write_text(original)
    after = stage.rows(f"SELECT TO_JSON_STRING(data) AS data FROM {TENANT}.raw_data ORDER BY 1")
    jobs = list(stage.client().list_jobs(max_results=50))
    loads = [job.source_uris for job in jobs if job.job_type == "load" and job.source_uris]
    uris = [each for each in loads if each[0].startswith("gs://own-exports/")]
    assert run["metrics"]["rows_ingested"] == direct["metrics"]["rows_ingested"] == len(rows)
    assert before == after
    assert uris == [["gs://own-exports/2025/11.parquet"]]


def _expected_cost(path: Path) -> Decimal:
    step = Decimal("0.000000001")
    with path.open(newline="") as lines:
        charges = [Decimal(row["BilledCost"]) for row in csv.DictReader(lines)]
    return sum((charge.quantize(step, ROUND_HALF_UP) for charge in charges), Decimal(0))
