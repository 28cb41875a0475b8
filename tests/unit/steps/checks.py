"""Checks of rules, and jobs that answer or fail them."""

from collections.abc import Callable
from typing import Any

from pydantic import JsonValue

from shared.domain.job import Job, JobOutcome, QueryJob
from shared.domain.plan import PlannedDq
from shared.domain.rule import RuleSet
from shared.steps.attempt import StepResult
from shared.steps.dq import check
from tests.fakes.warehouse import MemoryWarehouse, succeeded
from tests.unit.steps.attempts import RAW, attempt_at

Outcomes = Callable[[Job, list[dict[str, JsonValue]]], JobOutcome]
FRESH = {"id": "fresh", "type": "freshness", "column": "created_at", "max_age_hours": 1}
COUNT = {"id": "has_rows", "type": "row_count", "minimum": 1}
SHAPE = {"id": "shape", "type": "regex", "column": "data.cost", "pattern": "[0-9"}
RATIO = {"id": "ratio", "type": "expression", "expression": "1 / 0 > 1"}
MONTH = {"id": "month", "type": "accepted_values", "column": "data.invoice.month", "values": ["202511"]}
WINDOW = {"column": "data.usage.start", "parameter": "days"}


def step_of(*rules: dict[str, Any], **settings: Any) -> PlannedDq:
    return PlannedDq(
        number=1,
        id="check",
        needs=(),
        table=RAW,
        rules=RuleSet.model_validate({"rules": rules}).rules,
        **{"scope": "run", "on_failure": "stop", **settings},
    )


def checked(step: PlannedDq, outcome_of: Outcomes) -> tuple[StepResult, MemoryWarehouse]:
    warehouse = MemoryWarehouse(outcome_of)
    return check(step, attempt_at(step), warehouse=warehouse, look=wanted), warehouse


def wanted() -> None:
    """The step is wanted."""


def failing(*rules: int, error: Exception) -> Outcomes:
    """Jobs of which those fail that have one of these rules in them."""

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        assert isinstance(job, QueryJob)
        if any(f" AS figure_{rule}" in job.sql for rule in rules):
            raise error
        return succeeded(job, rows)

    return outcome_of


def answering(**figures: int | str | None) -> Outcomes:
    """Jobs that succeed; the answer has these figures, wherever a query asks for them."""

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        assert isinstance(job, QueryJob)
        outcome = succeeded(job, rows)
        if "JSON_KEYS" in job.sql:
            keys = ("amount", '"invoice.month"', "usage", "usage.begin", "lineItem/Id")
            return outcome.model_copy(update={"rows": tuple({"field": key} for key in keys)})
        asked = {name: value for name, value in figures.items() if f" AS {name}" in job.sql}
        return outcome.model_copy(update={"rows": ({**outcome.rows[0], **asked},)})

    return outcome_of


def told(result: StepResult) -> list[tuple[str, bool, bool, int | None, str]]:
    return [
        (each.rule_id, each.evaluated, each.passed, each.rows_failed, each.message) for each in result.results
    ]
