"""What an earlier release recorded: read as it was, though as configuration it would be refused today.

`recorded/` holds a run's rows and its first command as the release wrote them that had no checks of such values yet:
every kind of event, step, source and rule that it knew.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import JsonValue, TypeAdapter, ValidationError

from shared.adapters.bigquery_log import event_of_row, event_row
from shared.domain.command import RunStep
from shared.domain.destination import IngestDestination
from shared.domain.event import Event, RunQueued, StepFailed
from shared.domain.fold import fold
from shared.domain.model import RECORDED
from shared.domain.parameter import ParameterValue
from shared.domain.plan import PlannedDq, PlannedIngest
from shared.domain.rule import Rule
from shared.domain.rule_result import RuleResult
from shared.domain.source import FilesSource, Source
from shared.domain.sql_parameter import SqlParameter
from tests.fakes.delivery import rerun
from tests.fakes.runs import folded
from tests.fakes.world import memory_world
from tests.unit.adapters.test_bigquery_log import as_read
from tests.unit.steps.subjects import compiled_for

RECORDINGS = Path(__file__).parent / "recorded"
ROWS: list[dict[str, Any]] = json.loads((RECORDINGS / "rows.json").read_text())
COMMAND = (RECORDINGS / "command.json").read_text()


def recorded_events() -> list[Event]:
    return [event_of_row(as_read(row)) for row in ROWS]


def opened(row: dict[str, JsonValue]) -> dict[str, Any]:
    """The row with what is JSON in it as values."""
    return row | {name: json.loads(str(row[name])) for name in ("detail", "plan") if row.get(name)}


def test_a_recorded_run_is_read_as_it_was() -> None:
    run = fold(recorded_events())

    assert run is not None
    assert [step.status for step in run.steps] == (
        ["SUCCESS", "FAILED", "SKIPPED", "SKIPPED", "SKIPPED", "SUCCESS", "SKIPPED"]
    )
    sources = [step.source for step in run.plan.steps if isinstance(step, PlannedIngest)]
    assert [
        (each.path, each.delimiter, each.null_values) for each in sources if isinstance(each, FilesSource)
    ] == [
        ("a[x].csv", ",", ("",)),
        ("b.parquet", ";", ("",)),
        ("c.ndjson", ",", ("", "NULL")),
    ]


def test_a_recorded_message_is_not_cut_again() -> None:
    (message,) = [event.error_message for event in recorded_events() if isinstance(event, StepFailed)]
    longest = "b.parquet " + "x" * 990
    run = fold(recorded_events())

    assert message == longest
    assert run is not None
    assert run.error_message == f"packed: {longest}"


def test_what_uses_nothing_that_was_added_is_recorded_as_the_earlier_release_did() -> None:
    command = RunStep.model_validate_json(COMMAND, context=RECORDED)

    assert [opened(event_row(event)) for event in recorded_events()] == [opened(row) for row in ROWS]
    assert json.loads(command.model_dump_json(context=RECORDED)) == json.loads(COMMAND)


def test_what_was_added_is_recorded_where_it_is_used() -> None:
    source: FilesSource = FilesSource(type="files", path="a.csv", format="csv", encoding="cp1252")
    result = RuleResult(
        rule_id="r",
        rule_type="expression",
        severity="warn",
        evaluated=False,
        passed=False,
        rows_checked=1,
        rows_failed=None,
        message="could not be evaluated",
    )

    columns = {"cost": {"from": "lineItem/UnblendedCost", "type": "NUMERIC"}}
    shaped = FilesSource.model_validate({"type": "files", "path": "a", "format": "csv", "columns": columns})
    kept = IngestDestination.model_validate(
        {"table": "a", "mode": "append", "schema": {"new_columns": "ignore"}}
    )

    for each in (shaped, kept):
        assert (
            type(each).model_validate_json(each.model_dump_json(context=RECORDED), context=RECORDED) == each
        )
    assert source.model_dump(context=RECORDED)["encoding"] == "cp1252"
    assert result.model_dump(context=RECORDED)["evaluated"] is False
    assert source.model_copy(update={"encoding": "utf-8"}).model_dump()["encoding"] == "utf-8"


def test_braces_of_a_recorded_path_are_the_files_own_and_a_template_is_recorded_as_one() -> None:
    said = {"type": "files", "path": "a{b}.csv", "format": "csv", "delimiter": ",", "null_values": [""]}
    old = FilesSource.model_validate(said, context=RECORDED)
    new = FilesSource.model_validate({**said, "path": "a{b}.csv"})
    letter = ParameterValue(name="b", type="string", text="c")

    kept = [each.model_dump(mode="json", context=RECORDED)["path"] for each in (old, new)]

    assert (old.paths((letter,)), new.paths((letter,))) == (("a{b}.csv",), ("ac.csv",))
    assert kept == [{"template": "a{{b}}.csv"}, {"template": "a{b}.csv"}]
    for each in (old, new):
        text = each.model_dump_json(context=RECORDED)
        assert FilesSource.model_validate_json(text, context=RECORDED) == each


def test_the_rest_of_a_recorded_run_can_be_done_as_planned() -> None:
    world = memory_world()
    events = recorded_events()
    world.log.append(events)

    rest = rerun(world, folded(events))

    assert [step.id for step in rest.plan.steps] == ["packed", "lines", "api", "export", "daily"]
    assert world.publisher.take().facts[0] == rest.facts[0]


def test_recorded_rules_judge_as_they_did() -> None:
    (queued,) = [event for event in recorded_events() if isinstance(event, RunQueued)]
    (check,) = [step for step in queued.plan.steps if isinstance(step, PlannedDq)]

    given = [
        parameter
        for index, rule in enumerate(check.rules)
        for parameter in compiled_for(check.table, rule, index=index).parameters
    ]

    assert given[:4] == [
        SqlParameter(name="rule_0_minimum", type="NUMERIC", value="1E-10"),
        SqlParameter(name="rule_1_minimum", type="DATE", value="20250105"),
        # A text that is no value of the type was never equal to one.
        SqlParameter(name="rule_2_values", type="BOOL", value=("true",)),
        SqlParameter(name="rule_3_values", type="DATE", value=("2025-01-06",)),
    ]


def test_as_configuration_the_same_is_refused() -> None:
    (queued,) = [event for event in recorded_events() if isinstance(event, RunQueued)]
    sources = [step.source for step in queued.plan.steps if isinstance(step, PlannedIngest)]
    rules = [rule for step in queued.plan.steps if isinstance(step, PlannedDq) for rule in step.rules]

    refused = [*map(_refusal_of_source, sources), *map(_refusal_of_rule, rules)]

    assert refused == [True] * 3 + [False] * 2 + [True] * 4 + [False] * 6


def _refusal_of_source(source: Source) -> bool:
    return _is_refused(TypeAdapter(Source), source.model_dump())


def _refusal_of_rule(rule: Rule) -> bool:
    return _is_refused(TypeAdapter(Rule), rule.model_dump())


def _is_refused(adapter: TypeAdapter[Any], value: dict[str, Any]) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return True
    return False
