"""Events as rows of `run_events`."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest
from google.cloud import bigquery
from hypothesis import given

from shared.adapters.bigquery_log import BigQueryLog, event_of_row, event_row
from shared.config.standard_tables import standard_table
from shared.domain.errors import NotYetError
from shared.domain.event import Event
from shared.domain.ids import PipelineId
from tests.fakes.clock import NOON
from tests.unit.domain.histories import RUN, failed, histories, queued, started


class AnsweringClient:
    """A BigQuery client that has one answer to every query."""

    project = "p"

    def __init__(self, *rows: dict[str, Any]) -> None:
        self._rows = rows
        self.asked: list[str] = []

    def query_and_wait(self, sql: str, **_: object) -> list[dict[str, Any]]:
        self.asked.append(sql)
        return list(self._rows)


def open_row(**fields: object) -> dict[str, Any]:
    """A run of `list_open_runs.sql`."""
    row = {
        "tenant_id": "acme",
        "run_id": RUN,
        "status": "RUNNING",
        "created_at": NOON,
        "started_at": NOON,
        "updated_at": NOON,
        "last_seen_at": NOON,
        "timeout_seconds": 600,
        "concurrent_runs": None,
        "backfill_id": None,
        "backfill_concurrent_runs": None,
    }
    return row | fields


def as_read(row: Mapping[str, object]) -> dict[str, object]:
    """The row as `read_events.sql` gives it back."""
    names = [column.name for column in standard_table("run_events").columns]
    full = {name: row.get(name) for name in names} | {"detail": row["detail"]}
    return {name: value for name, value in full.items() if name not in {"event_id", "run_date"}}


@given(history=histories())
def test_every_event_survives_the_table(history: list[Event]) -> None:
    assert [event_of_row(as_read(event_row(event))) for event in history] == history


@given(history=histories())
def test_every_field_of_a_row_is_a_column(history: list[Event]) -> None:
    columns = {column.name: column for column in standard_table("run_events").columns}
    required = {name for name, column in columns.items() if column.mode == "REQUIRED"}

    for row in map(event_row, history):
        assert set(row) <= set(columns)
        assert required <= {name for name, value in row.items() if value is not None}


def test_the_plan_is_in_a_column_of_its_own_and_only_in_the_first_event() -> None:
    first, second = event_row(queued()), event_row(started(1))

    assert json.loads(str(first["plan"]))["tenant_id"] == "acme"
    assert "plan" not in json.loads(str(first["detail"]))
    assert second.get("plan") is None


def test_views_find_what_they_need_without_the_plan() -> None:
    detail = json.loads(str(event_row(queued())["detail"]))

    assert (detail["step_count"], detail["parameters"]) == (3, {})


def test_a_row_says_run_day_and_id() -> None:
    row = event_row(failed(2, attempt=3))

    assert row["event_id"] == f"{RUN}:StepFailed:2:3"
    assert row["run_date"] == "2025-11-15"
    assert (row["step_number"], row["attempt"], row["error_message"]) == (2, 3, "it broke")


def test_an_event_that_only_another_release_can_read_is_told_and_asked_for_again() -> None:
    row = as_read(event_row(started(1))) | {"detail": '{"zone": "secret-zone"}'}
    log = BigQueryLog(cast(bigquery.Client, AnsweringClient(row)), dataset="metadata")

    with pytest.raises(NotYetError) as caught:
        log.read("acme", [RUN])

    assert str(caught.value) == (
        f"This release can't read StepStarted of run {RUN}: wrong are /StepStarted/zone"
    )
    assert caught.value.__context__ is None


def test_a_reading_that_only_another_release_can_read_is_told_and_asked_for_again() -> None:
    taken = {
        "part": 0,
        "began_at": NOON.isoformat(),
        "table": "t",
        "way": "w",
        "progress": {},
        "zone": "secret",
    }
    row = {"reading_id": "r", "read_at": NOON, "ended_at": None, "progress": json.dumps(taken)}
    log = BigQueryLog(cast(bigquery.Client, AnsweringClient(row)), dataset="metadata")

    with pytest.raises(NotYetError, match=r"^This release can't read what reading r took: wrong are /zone$"):
        log.list_readings("acme", PipelineId("acme-a-b-c"), first_date=NOON.date())


def test_an_open_run_that_cannot_be_read_is_left_out_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    unreadable = open_row(run_id="r-2", status="PAUSED", backfill_id="b", backfill_concurrent_runs="many")
    log = BigQueryLog(cast(bigquery.Client, AnsweringClient(open_row(), unreadable)), dataset="metadata")

    found = log.list_open_runs()

    assert [run.run_id for run in found] == [RUN]
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["action"], line["severity"], line["run_id"]) == ("open_run_unreadable", "ERROR", "r-2")
    assert line["reason"] == "wrong are: backfill, status"


def test_a_plan_that_is_known_is_not_read_again() -> None:
    known = queued()
    client = AnsweringClient(as_read(event_row(known)) | {"plan": None, "occurred_at": known.occurred_at})
    log = BigQueryLog(cast(bigquery.Client, client), dataset="metadata")

    assert log.read("acme", [RUN], known=known) == [known]

    (sql,) = client.asked
    assert "plan" not in sql
