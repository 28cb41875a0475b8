"""Log lines: whole in the file, short in the terminal."""

import io
import json
from pathlib import Path

from local.log_lines import LogFile, short_line

ROW = {
    "time": "2025-11-15T10:30:45.123Z",
    "severity": "INFO",
    "action": "step_succeeded",
    "tenant_id": "acme",
    "run_id": "0192",
    "step_id": "ingest_costs",
    "status": "SUCCESS",
    "duration_ms": 12,
}


def test_the_short_form_is_time_action_tenant_run_step_and_status() -> None:
    line = short_line(json.dumps(ROW))

    assert line == "10:30:45   step_succeeded acme 0192 ingest_costs SUCCESS"


def test_what_went_wrong_is_marked_and_takes_one_line() -> None:
    row = {
        "time": ROW["time"],
        "severity": "ERROR",
        "action": "request",
        "path": "/x",
        "reason": "Lost\n  File",
    }

    line = short_line(json.dumps(row))

    assert line == "10:30:45 ! request /x Lost"


def test_what_was_reconciled_is_counted_and_nothing_at_all_is_not_worth_a_line() -> None:
    row = {"time": ROW["time"], "severity": "INFO", "action": "runs_reconciled", "started": 2, "failed": 0}

    lines = [short_line(json.dumps(each)) for each in (row, row | {"started": 0})]

    assert lines == ["10:30:45   runs_reconciled started=2", None]


def test_a_push_that_was_answered_well_is_not_worth_a_line() -> None:
    push = {"time": ROW["time"], "severity": "INFO", "action": "request", "method": "POST", "path": "/"}

    lines = [short_line(json.dumps(each)) for each in (push, push | {"severity": "ERROR", "status": 503})]

    assert lines == [None, "10:30:45 ! request POST / 503"]


def test_a_line_that_is_no_log_row_has_no_short_form() -> None:
    lines = [short_line(text) for text in ("Traceback (most recent call last):", "[1]", "{}", "")]

    assert lines == [None] * 4


def test_every_line_goes_to_the_file_and_only_rows_to_the_terminal(tmp_path: Path) -> None:
    said: list[str] = []
    log_file = LogFile(tmp_path / "logs" / "app.log", said.append)

    log_file.copy_from(io.StringIO(json.dumps(ROW) + "\nnot a row"))
    log_file.close()

    assert (tmp_path / "logs" / "app.log").read_text().splitlines() == [json.dumps(ROW), "not a row"]
    assert said == ["10:30:45   step_succeeded acme 0192 ingest_costs SUCCESS"]
