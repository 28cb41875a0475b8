"""`convergence quarantine`."""

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from shared.domain.job import Job, JobOutcome, QueryJob
from tests.fakes.warehouse import MemoryWarehouse, succeeded
from tests.unit.cli.command_line import command_line

COUNTED: dict[str, str | int | bool | None] = {
    "run_id": "01a2",
    "pipeline_id": "acme-demo-cost-chain",
    "step_id": "load",
    "reason": "'cost' must be NUMERIC, but is no number",
    "row_count": 1200,
    "first_place": "files/a.csv: line 3",
}
LISTED: dict[str, str | int | bool | None] = {
    "run_id": "01a2",
    "place": "files/a.csv: line 3",
    "reason": "'cost' must be NUMERIC, but is no number",
    "data": '{"cost":"1,5"}',
}


def answered(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
    is_list = isinstance(job, QueryJob) and bool(job.parameters)
    return succeeded(job, rows).model_copy(update={"rows": (LISTED if is_list else COUNTED,)})


def test_rows_that_were_set_aside_are_counted_by_run_and_reason_and_shown(tmp_path: Path) -> None:
    warehouse = MemoryWarehouse(answered)
    line = command_line(tmp_path, warehouse=warehouse)

    counted = line.run("quarantine", "show", "acme/raw_data")
    listed = line.run("quarantine", "show", "acme/raw_data", "--rows", "5")
    as_json = line.run("quarantine", "show", "acme/raw_data", "--json")

    assert [word in counted.stdout for word in ("01a2", "load", "1,200", "must be NUMERIC", "line 3")] == [
        True
    ] * 5
    assert [word in listed.stdout for word in ("files/a.csv: line 3", '{"cost":"1,5"}')] == [True] * 2
    assert json.loads(as_json.stdout) == [COUNTED]
    first, second, _ = warehouse.queries.values()
    assert "`acme`.`raw_data_quarantine`" in first.sql
    assert [(each.name, each.value) for each in second.parameters] == [("row_limit", "5")]


def test_a_table_of_which_nothing_was_set_aside_is_said(tmp_path: Path) -> None:
    warehouse = MemoryWarehouse(answered)
    warehouse.missing.add("raw_data_quarantine")

    result = command_line(tmp_path, warehouse=warehouse).run("quarantine", "show", "acme/raw_data")

    assert result.exit_code == 1
    assert "No row was ever set aside: acme has no table raw_data_quarantine" in result.stderr


@pytest.mark.parametrize("place", ["raw_data", "acme/", "acme/raw data", "acme/x`y"])
def test_what_names_no_table_is_refused(tmp_path: Path, place: str) -> None:
    result = command_line(tmp_path).run("quarantine", "show", place)

    assert result.exit_code == 2
    assert "is not TENANT/TABLE, e.g. acme_corp_001/raw_data" in result.stderr
