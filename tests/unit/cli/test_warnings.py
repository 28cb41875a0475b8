"""A rule of severity `warn` that does not hold: nobody who looks at the run misses it."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from cli.follow import follow_run
from cli.run_view import build_runs
from functions.runs.main import answer
from shared.domain.fold import fold
from shared.domain.rule_result import RuleResult
from shared.domain.run_list import RunQuery
from tests.fakes.clock import NOON
from tests.unit.cli.command_line import CommandLine, command_line
from tests.unit.domain.histories import RUN, TENANT, plan_of, queued, started, succeeded
from tests.unit.functions.asking import answered, request_of, with_key

RUNS = "/api/v1/pipelines/runs"


def result(rule_id: str, severity: str, *, passed: bool) -> RuleResult:
    return RuleResult.model_validate(
        {
            "rule_id": rule_id,
            "rule_type": "not_null",
            "severity": severity,
            "passed": passed,
            "rows_checked": 10,
            "rows_failed": 0 if passed else 1,
            "message": "holds for every row" if passed else "1 of 10 rows have no value",
        }
    )


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """Who looks at a run that succeeded with two warnings."""
    results = (
        result("has_team", "warn", passed=False),
        result("has_cost", "warn", passed=True),
        result("has_day", "error", passed=False),
        result("has_tag", "warn", passed=False),
    )
    found = command_line(tmp_path)
    ended = succeeded(1, seconds=2).model_copy(update={"results": results})
    found.world.log.append([queued(plan_of(())), started(1, seconds=1), ended])
    return found


def test_it_is_a_warning_of_the_run(line: CommandLine) -> None:
    run = fold(line.world.log.read(TENANT, [RUN]))
    [listed] = line.world.log.list_runs(RunQuery(tenant_id=TENANT, since=NOON)).runs

    assert run is not None
    assert run.warnings == ("step_1.has_team", "step_1.has_tag")
    assert listed.warnings == run.warnings


def test_the_api_tells_of_it_in_a_run_and_in_the_list(line: CommandLine) -> None:
    request = request_of("GET", f"{RUNS}/{RUN}", headers=with_key())
    _, shown = answered(request, lambda asked: answer(asked, line.world))
    _, listed = answered(request_of("GET", RUNS, headers=with_key()), lambda asked: answer(asked, line.world))

    assert shown["warnings"] == ["step_1.has_team", "step_1.has_tag"]
    assert listed["runs"][0]["warnings"] == shown["warnings"]


def test_the_list_and_the_view_of_a_run_name_the_rules(line: CommandLine) -> None:
    table = line.run("runs", "list", TENANT)
    view = line.run("runs", "show", TENANT, RUN)
    as_json = line.run("runs", "list", TENANT, "--json")

    assert "2 warnings: step_1.has_team, step_1.has_tag" in table.stdout
    assert "2 warnings: step_1.has_team, step_1.has_tag" in view.stdout
    assert json.loads(as_json.stdout)["runs"][0]["warnings"] == ["step_1.has_team", "step_1.has_tag"]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_whoever_follows_the_run_reads_what_did_not_hold(line: CommandLine, *, is_terminal: bool) -> None:
    printed = io.StringIO()
    accepted = fold([queued(plan_of(()))])
    assert accepted is not None

    follow_run(
        accepted,
        log=line.world.log,
        clock=line.world.clock,
        console=Console(file=printed, width=300, force_terminal=is_terminal, force_interactive=is_terminal),
        wait=lambda: None,
    )

    assert (
        "warning: has_team: 1 of 10 rows have no value; warning: has_tag: 1 of 10 rows have no value"
        in printed.getvalue()
    )


def test_a_list_of_runs_without_warnings_does_not_speak_of_them(tmp_path: Path) -> None:
    world = command_line(tmp_path).world
    world.log.append([queued(plan_of(())), started(1, seconds=1), succeeded(1, seconds=2)])
    printed = io.StringIO()

    runs = world.log.list_runs(RunQuery(tenant_id=TENANT, since=NOON)).runs
    Console(file=printed, width=300).print(build_runs(runs))

    assert "warning" not in printed.getvalue()
