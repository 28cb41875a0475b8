"""`convergence runs`."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import click
import pytest

from cli.runs import parse_since
from shared.web.views import run_json
from tests.fakes.acme import CHAIN, GRAPH, TENANT
from tests.fakes.clock import NOON
from tests.fakes.delivery import deliver_all, run_of, start
from tests.fakes.reader import MemoryReader
from tests.fakes.runs import acceptances
from tests.unit.cli.command_line import USER, CommandLine, command_line


def test_the_list_shows_the_newest_first(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    first, second = two_runs(line)

    result = line.run("runs", "list", TENANT)

    rows = [row.split()[:3] for row in result.stdout.splitlines() if row.strip()]
    assert rows[2:] == [[second, "demo/cost/graph", "QUEUED"], [first, "demo/cost/chain", "SUCCESS"]]


@pytest.mark.parametrize(
    "options",
    [["--status", "success"], ["--pipeline", "demo/cost/chain"], ["--status", "SUCCESS", "--since", "2h"]],
)
def test_the_list_can_be_narrowed(tmp_path: Path, options: list[str]) -> None:
    line = command_line(tmp_path)
    first, second = two_runs(line)

    result = line.run("runs", "list", TENANT, *options)

    assert (first in result.stdout, second in result.stdout) == (True, False)


def test_runs_from_before_the_given_time_are_left_out(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    first, second = two_runs(line)

    result = line.run("runs", "list", TENANT, "--since", "2025-11-15T12:30:00Z")

    assert (first in result.stdout, second in result.stdout) == (False, True)


def test_a_list_that_was_cut_says_how_many_there_are(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    two_runs(line)

    result = line.run("runs", "list", TENANT, "--limit", "1")

    assert result.stderr == "The newest 1 of 2 runs; --limit shows more.\n"


def test_no_runs_are_said_to_be_none(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("runs", "list", TENANT)

    assert (result.exit_code, result.stdout) == (0, "No runs since 2025-10-16.\n")


def test_json_is_what_the_api_answers(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    run = start(line.world, CHAIN)
    deliver_all(line.world)

    listed = line.run("runs", "list", TENANT, "--json")
    shown = line.run("runs", "show", TENANT, run.run_id, "--json")

    page = json.loads(listed.stdout)
    assert list(page) == ["runs", "total", "next_page_token", "since"]
    assert [each["run_id"] for each in page["runs"]] == [run.run_id]
    assert json.loads(shown.stdout) == run_json(run_of(line.world, run))


def test_a_run_is_shown_with_its_steps_rules_figures_and_parameters(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    run = start(line.world, CHAIN)
    deliver_all(line.world)

    result = line.run("runs", "show", TENANT, run.run_id)

    shown = [" ".join(row.split()) for row in result.stdout.splitlines()]
    assert shown[0] == f"Run {run.run_id} SUCCESS"
    assert "trigger api, key 12345678" in shown
    assert "parameters days=2025-11-14/2025-11-14" in shown
    assert "rows ingested 2" in shown
    assert "1 ingest_charges ingest SUCCESS 1 0 ms 2 2" in shown
    assert any(row.startswith("check has_cost not_null error yes") for row in shown)


def test_a_failed_run_is_shown_with_its_error(tmp_path: Path) -> None:
    line = command_line(tmp_path, reader=MemoryReader({}))
    run = start(line.world, CHAIN)
    deliver_all(line.world)

    result = line.run("runs", "show", TENANT, run.run_id)

    assert "Error: ingest_charges: No file matches 'charges.csv'" in result.stdout
    assert "SKIPPED" in result.stdout


@pytest.mark.parametrize("command", ["show", "cancel", "rerun"])
def test_another_tenants_run_is_not_found(tmp_path: Path, command: str) -> None:
    line = command_line(tmp_path)
    run = start(line.world, CHAIN)

    result = line.run("runs", command, "umbrella", run.run_id)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: Tenant umbrella has no run {run.run_id}.")
    assert run_of(line.world, run).status == "QUEUED"


def test_cancelling_a_run_twice_is_the_same_as_once(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    run = start(line.world, CHAIN)

    results = [line.run("runs", "cancel", TENANT, run.run_id) for _ in range(2)]

    assert [result.stdout for result in results] == [f"{run.run_id}  CANCELLED\n"] * 2
    assert len(line.world.log.events) == 2


def test_a_run_that_has_ended_is_not_cancelled(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    run = start(line.world, CHAIN)
    deliver_all(line.world)

    result = line.run("runs", "cancel", TENANT, run.run_id)

    assert (result.exit_code, result.stderr) == (1, "Error: The run has ended: SUCCESS\n")


def test_since_is_an_age_a_day_or_a_time() -> None:
    assert parse_since("24h", now=NOON) == NOON - timedelta(hours=24)
    assert parse_since("7d", now=NOON) == NOON - timedelta(days=7)
    assert parse_since("2025-11-15", now=NOON) == datetime(2025, 11, 15, tzinfo=UTC)
    assert parse_since("2025-11-15T10:30:45Z", now=NOON) == datetime(2025, 11, 15, 10, 30, 45, tzinfo=UTC)
    east = timezone(timedelta(hours=2))
    assert parse_since("2025-11-15T10:30:45+02:00", now=NOON) == datetime(
        2025, 11, 15, 10, 30, 45, tzinfo=east
    )


@pytest.mark.parametrize("text", ["yesterday", "7", "2025-13-01", "2025-11-15T10:30:45", ""])
def test_any_other_since_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time such as"):
        parse_since(text, now=NOON)


def two_runs(line: CommandLine) -> tuple[str, str]:
    """A chain that has run, then a graph that has not."""
    first = start(line.world, CHAIN)
    deliver_all(line.world)
    line.world.clock.advance(timedelta(hours=1))
    return first.run_id, start(line.world, GRAPH).run_id


def test_the_rest_of_a_failed_run_is_done_as_the_person(tmp_path: Path) -> None:
    line = command_line(tmp_path, reader=MemoryReader({}))
    failed = start(line.world, CHAIN)
    deliver_all(line.world)

    result = line.run("runs", "rerun", TENANT, failed.run_id)

    accepted = acceptances(line.world.log.events)[-1]
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"run_id       {accepted.run_id}",
        "pipeline_id  acme-demo-cost-chain",
        "status       QUEUED",
    ]
    assert (accepted.rerun_of, accepted.trigger, accepted.triggered_by) == (failed.run_id, "cli", USER)


def test_a_run_that_succeeded_is_only_done_again_from_its_start(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    done = start(line.world, CHAIN)
    deliver_all(line.world)

    rest = line.run("runs", "rerun", TENANT, done.run_id)
    whole = line.run("runs", "rerun", TENANT, done.run_id, "--from", "start")

    assert (rest.exit_code, whole.exit_code) == (1, 0)
    assert rest.stderr == "Error: Every step of the run succeeded: nothing of it is left to do\n"


def test_a_run_that_was_rerun_names_its_rerun(tmp_path: Path) -> None:
    line = command_line(tmp_path, reader=MemoryReader({}))
    failed = start(line.world, CHAIN)
    deliver_all(line.world)
    line.run("runs", "rerun", TENANT, failed.run_id)
    again = line.world.log.events[-1].run_id
    deliver_all(line.world)

    result = line.run("runs", "rerun", TENANT, failed.run_id)

    assert result.exit_code == 1
    assert f"Run {again} did the rest of this run and has ended: FAILED" in result.stderr


def test_a_rest_is_done_with_the_current_files_or_is_told_what_has_changed(tmp_path: Path) -> None:
    line = command_line(tmp_path, reader=MemoryReader({"charges.csv": [{"service": "a", "cost": "1"}]}))
    failed = start(line.world, GRAPH)
    deliver_all(line.world)
    sources = line.configs_dir / TENANT / "sources"
    before = (sources / "charges.yml").read_text(encoding="utf-8")
    (sources / "charges.yml").write_text(before.replace("charges.csv", "new.csv"), encoding="utf-8")

    refused = line.run("runs", "rerun", TENANT, failed.run_id, "--configuration", "current")
    (sources / "charges.yml").write_text(before, encoding="utf-8")
    (sources / "credits.yml").write_text(before, encoding="utf-8")
    taken = line.run("runs", "rerun", TENANT, failed.run_id, "--configuration", "current")
    (line.configs_dir / TENANT / "pipelines/demo/cost/graph.yml").unlink()
    gone = line.run("runs", "rerun", TENANT, failed.run_id, "--configuration", "current", "--from", "start")

    assert (refused.exit_code, refused.stderr) == (
        1,
        (
            "Error: The files have changed: step 'ingest_charges' succeeded and differs in source.path. "
            "Rerun with the recorded configuration, or from the start\n"
        ),
    )
    assert (taken.exit_code, taken.stdout.splitlines()[-1].split()) == (0, ["status", "QUEUED"])
    assert (gone.exit_code, gone.stderr) == (1, "Error: Pipeline not found\n")
