"""What two plans do differently."""

from datetime import date

import pytest
from pydantic import JsonValue

from shared.config.recipe import load_recipe
from shared.domain.pipeline import Address
from shared.domain.plan import Plan
from shared.domain.plan_difference import Change, change_lines, changes, plan_changes
from shared.domain.planning import plan
from tests.fakes.configs import MemoryFolder
from tests.unit.cli.mistake_cases import TENANT

PIPELINE = "acme/pipelines/cloud/cost/daily.yml"


def plan_with(*edits: tuple[str, str, str]) -> Plan:
    files = dict(TENANT)
    for path, old, new in edits:
        assert old in files[f"acme/{path}"]
        files[f"acme/{path}"] = files[f"acme/{path}"].replace(old, new)
    address = Address(tenant_id="acme", provider="cloud", domain="cost", pipeline="daily")
    return plan(load_recipe(MemoryFolder(files), address), {}, today=date(2025, 11, 15))


def test_what_says_the_same_is_the_same() -> None:
    same = plan_with(
        ("pipelines/cloud/cost/daily.yml", "Daily cost", "Cost by day"),
        ("pipelines/cloud/cost/daily.yml", "scope: pipeline", "scope: 'pipeline'  # all of it"),
        ("schemas/daily.yml", "name: daily", "name: daily\ndescription: by day"),
        ("sources/charges.yml", "format: csv", "format: csv\ndescription: charges\ndelimiter: ','"),
    )

    assert plan_changes(plan_with(), same) == ()


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            ("sources/charges.yml", "charges.csv", "rows.csv"),
            Change("steps.load.source.path", "files/charges.csv", "files/rows.csv"),
        ),
        (
            ("dq_rules/charges.yml", "minimum: 1", "minimum: 2"),
            Change("steps.check.rules.has_rows.minimum", 1, 2),
        ),
        (("tenant.yml", "Acme", "Acme\nlocation: EU"), Change("location", "US", "EU")),
        (
            ("pipelines/cloud/cost/daily.yml", "sql: daily", "sql: daily\n    needs: []"),
            Change("steps.add_up.needs", ["check"], []),
        ),
        (
            ("pipelines/cloud/cost/daily.yml", "Daily cost", "x\ntimeout: 2h"),
            Change("timeout_seconds", 3600, 7200),
        ),
    ],
    ids=["source", "rule", "tenant", "needs", "timeout"],
)
def test_a_change_is_told_at_its_place(edit: tuple[str, str, str], expected: Change) -> None:
    assert plan_changes(plan_with(), plan_with(edit)) == (expected,)


def test_a_step_that_comes_leaves_the_others_as_they_are() -> None:
    more = plan_with(
        (
            "pipelines/cloud/cost/daily.yml",
            "steps:\n",
            "steps:\n  - {id: first, needs: [], type: dq, table: raw_data, rules: charges, scope: pipeline}\n",
        ),
        ("pipelines/cloud/cost/daily.yml", "type: ingest", "type: ingest\n    needs: []"),
    )

    assert [(change.place, change.before) for change in plan_changes(plan_with(), more)] == [
        ("steps.first", None)
    ]


def test_rows_of_before_and_attempts_used_up_are_no_change() -> None:
    before = plan_with()
    rest = before.model_copy(
        update={
            "rows_of": "x",
            "steps": tuple(s.model_copy(update={"attempts_before": 2}) for s in before.steps),
        }
    )

    assert plan_changes(before, rest) == ()


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"a": 1}, {"a": None}, [Change("a", 1, None)]),
        ({"a": 1}, {"a": True}, [Change("a", 1, True)]),
        ([1, 2], [2, 1], [Change("", [1, 2], [2, 1])]),
        ([{"id": "x"}], [{"id": "x", "y": [1]}], [Change("x.y", None, [1])]),
        ([{"id": "x"}, {"id": "x"}], [], [Change("", [{"id": "x"}, {"id": "x"}], [])]),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}, []),
        (
            [{"id": "x"}, {"id": "y"}],
            [{"id": "y"}, {"id": "x"}],
            [Change("the order of ", ["x", "y"], ["y", "x"])],
        ),
    ],
)
def test_the_smallest_places_are_told(before: JsonValue, now: JsonValue, expected: list[Change]) -> None:
    assert list(changes(before, now)) == expected


def test_sql_is_told_line_by_line() -> None:
    now = plan_with(("transforms/daily.sql", "AS NUMERIC) AS amount", "AS NUMERIC) * 2 AS amount"))

    (change,) = plan_changes(plan_with(), now)

    assert change_lines(change) == [
        "@@ steps.add_up.sql @@",
        " SELECT",
        "   DATE(JSON_VALUE(data, '$.day')) AS day,",
        "-  CAST(JSON_VALUE(data, '$.amount') AS NUMERIC) AS amount",
        "+  CAST(JSON_VALUE(data, '$.amount') AS NUMERIC) * 2 AS amount",
        " FROM raw_data",
        " WHERE pipeline_id = @pipeline_id",
    ]


def test_what_is_not_there_has_no_line() -> None:
    assert change_lines(Change("a.b", None, "x")) == ["@@ a.b @@", '+"x"']
    assert change_lines(Change("a.b", {"x": 1}, None)) == ["@@ a.b @@", "-{", '-  "x": 1', "-}"]
