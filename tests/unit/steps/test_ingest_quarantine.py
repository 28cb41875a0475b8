"""An ingest step that sets rows aside which don't fit: by one job, together with those that are written."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import pytest
from pydantic import JsonValue

from shared.domain.errors import AttemptError, NotYetError, StepError
from shared.domain.job import Job, JobHandle, JobOutcome, QueryJob
from shared.domain.json_lines import RowOrLines
from shared.domain.plan import PlannedIngest
from shared.domain.quarantine import quarantine_of
from shared.domain.row_fit import BrokenRow
from shared.steps.required_tables import require_tables
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import MemoryWarehouse, succeeded
from tests.unit.steps.attempts import DAILY, RAW, attempt_at, jobs_of
from tests.unit.steps.test_ingest import FILES, carry, step_of

ASIDE = {"schema": {"breaking_rows": "quarantine"}}
ROWS = MemoryReader({"x.csv": [{"day": "2025-11-01", "cost": "1.5"}]})
COUNTS: dict[str, str | int | bool | None] = {
    "rows_fit": 3,
    "rows_broken": 2,
    "example": "x.csv: line 4: 'sku' must be INTEGER, but is no number",
}


def counted(counts: Mapping[str, str | int | bool | None]) -> MemoryWarehouse:
    """BigQuery that finds so many rows in a staging table."""

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        outcome = succeeded(job, rows)
        is_count = isinstance(job, QueryJob) and " AS rows_fit" in job.sql
        return outcome.model_copy(update={"rows": (dict(counts),)}) if is_count else outcome

    return MemoryWarehouse(outcome_of)


def aside_step(*, mode: str = "append") -> PlannedIngest:
    return step_of(FILES, DAILY, mode=mode, **ASIDE)


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_both_tables_change_in_one_transaction_of_the_job_that_is_the_lock(mode: str) -> None:
    warehouse, attempt = counted(COUNTS), attempt_at(aside_step(mode=mode))

    results = [carry(attempt, warehouse, reader=ROWS) for _ in range(2)]

    assert [part for part, _ in jobs_of(warehouse)] == [
        "_1_1_staging",
        "_1_1_load",
        "_1_1_counts",
        "_1_1",
        "_1_1_drop",
    ]
    sql = warehouse.queries[attempt.job_id()].sql
    assert (sql.count("BEGIN TRANSACTION;"), sql.count("COMMIT TRANSACTION")) == (1, 1)
    written, aside = sql.partition("BEGIN TRANSACTION;")[2].split(";")[-3:-1]
    assert [part in written for part in ("`acme`.`daily`", "`broken_row` IS NULL")] == [True, True]
    assert [part in aside for part in ("`acme`.`daily_quarantine`", "`broken_row` IS NOT NULL")] == [
        True,
        True,
    ]
    assert {
        (each.metrics.rows_in, each.metrics.rows_out, each.metrics.rows_quarantined) for each in results
    } == {(5, 3, 2)}
    assert [(each.rule_id, each.severity, each.passed, each.rows_failed) for each in results[1].results] == [
        ("rows_fit", "warn", False, 2)
    ]


def test_where_all_rows_fit_one_statement_adds_them_and_there_is_no_warning() -> None:
    warehouse, attempt = counted({**COUNTS, "rows_broken": 0, "example": None}), attempt_at(aside_step())

    result = carry(attempt, warehouse, reader=ROWS)

    assert (result.metrics.rows_in, result.metrics.rows_quarantined, result.results) == (3, 0, ())
    assert ";" not in warehouse.queries[attempt.job_id()].sql


@pytest.mark.parametrize("broken", [0, 2])
@pytest.mark.parametrize(("number", "looks"), [(1, False), (2, True)])
def test_an_attempt_after_another_looks_whether_that_one_wrote(number: int, looks: bool, broken: int) -> None:
    warehouse = counted({**COUNTS, "rows_broken": broken})
    attempt = replace(attempt_at(aside_step()), number=number)

    carry(attempt, warehouse, reader=ROWS)

    sql = warehouse.queries[attempt.job_id()].sql
    statements = 2 if broken else 1
    assert sql.count("NOT EXISTS") == (statements if looks else 0)


def test_where_no_row_fits_nothing_is_written_or_set_aside_ever() -> None:
    warehouse, attempt = counted({**COUNTS, "rows_fit": 0}), attempt_at(aside_step())

    with pytest.raises(StepError, match=r"none of the 2 rows fits.*: x\.csv: line 4: 'sku' must be INTEGER"):
        carry(attempt, warehouse, reader=ROWS)

    assert [part for part, _ in jobs_of(warehouse)] == ["_1_1_staging", "_1_1_load", "_1_1_counts"]
    assert attempt.job_id() in warehouse.voided


class Forgetful(MemoryWarehouse):
    """BigQuery that keeps no result of what was counted."""

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        if handle.job_id.endswith("counts"):
            raise AttemptError("The result of the job is no longer there")
        return super().wait(handle, until=until)


def test_who_can_t_count_ends_the_attempt_only_where_nobody_writes() -> None:
    warehouse, attempt = Forgetful(), attempt_at(aside_step())

    with pytest.raises(AttemptError, match="no longer there"):
        carry(attempt, warehouse, reader=ROWS)
    assert attempt.job_id() in warehouse.voided

    warehouse = Forgetful()
    warehouse.submit(attempt.query("INSERT"))
    with pytest.raises(NotYetError, match="Another delivery writes the rows"):
        carry(attempt, warehouse, reader=ROWS)


def test_a_row_that_is_set_aside_is_a_row_of_the_load_beside_the_others() -> None:
    broken = BrokenRow({"sku": "\ud800"}, "must be a number", "sku", "x.csv: line 3", 3, "x.csv")

    class Reader(MemoryReader):
        def read(self, *_: object, **__: object) -> Iterator[RowOrLines]:
            yield {"day": "2025-11-01"}
            yield broken

    warehouse = counted(COUNTS)

    carry(attempt_at(aside_step()), warehouse, reader=Reader({}))

    [rows] = warehouse.loaded.values()
    assert rows == [
        {"day": "2025-11-01"},
        {
            "broken_row": {
                "found": '{"sku": "\\ud800"}',
                "reason": "must be a number",
                "field": "sku",
                "place": "x.csv: line 3",
                "line": 3,
                "file": "x.csv",
            }
        },
    ]


def test_the_table_for_rows_that_are_set_aside_is_made_before_it_is_needed() -> None:
    warehouse = MemoryWarehouse()

    for mode in ("append", "replace"):
        require_tables(attempt_at(step_of(FILES, RAW, mode=mode, **ASIDE)), warehouse=warehouse)

    both = ["raw_data", "raw_data_quarantine"]
    assert warehouse.required == [*both, *both, "raw_data_write_lock"]
    assert quarantine_of(RAW).name == "raw_data_quarantine"
