"""What a check makes of the figures of earlier runs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import JsonValue

from shared.domain.ids import run_id_at
from shared.domain.job import Job, JobOutcome
from shared.domain.parameter import ParameterValue
from shared.domain.plan import PlannedDq
from shared.domain.rule_figure import RuleFigure
from shared.steps.attempt import Attempt, StepResult
from shared.steps.carry_out import carry_out
from shared.steps.dq import check
from shared.steps.figure_places import days_of, figure_of
from tests.fakes.clock import NOON, SetClock
from tests.fakes.log import MemoryLog
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import MemoryWarehouse
from tests.fakes.watch import watch_over
from tests.unit.steps.attempts import attempt_at
from tests.unit.steps.checks import COUNT, answering, step_of, wanted

NEAR = {"id": "near", "type": "compare_to_previous", "column": "data.cost", "percent": 10}
USUAL = {"id": "usual", "type": "anomaly", "percent": 10, "minimum_runs": 2}


def checked_beside(
    attempt: Attempt, *known: RuleFigure, ended_at: Any = NOON, **figures: int | str
) -> tuple[StepResult, list[int]]:
    """The result, and how often it asked for the figures of earlier runs."""
    asked: list[int] = []

    def list_figures() -> Sequence[RuleFigure]:
        asked.append(1)
        return known

    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        return answering(**figures)(job, rows).model_copy(update={"ended_at": ended_at})

    assert isinstance(attempt.step, PlannedDq)
    warehouse = MemoryWarehouse(outcome_of)
    result = check(attempt.step, attempt, warehouse=warehouse, look=wanted, list_figures=list_figures)
    return result, asked


def with_days(step: PlannedDq, days: str) -> Attempt:
    attempt = attempt_at(step)
    parameters = (ParameterValue(name="days", type="date_range", text=days),)
    return replace(attempt, plan=attempt.plan.model_copy(update={"parameters": parameters}))


def recorded(result: StepResult, *, hours_ago: int) -> list[RuleFigure]:
    """The figures of the result, as the log has them of an earlier run."""
    at = NOON - timedelta(hours=hours_ago)
    return [
        RuleFigure(
            run_id=run_id_at(at),
            rule_id=each.rule_id,
            of=each.figure_of or "",
            days=each.figure_days,
            figure=Decimal(each.figure),
            rows=each.rows_checked,
            recorded_at=at,
        )
        for each in result.results
        if each.figure is not None
    ]


def test_a_run_is_held_against_the_figures_that_the_days_before_it_recorded() -> None:
    step = step_of(NEAR, USUAL)
    runs = []
    for day, hours_ago in ((12, 48), (13, 24)):
        first, _ = checked_beside(
            with_days(step, f"2025-11-{day}/2025-11-{day}"), figure_0="100.10", figure_1=100
        )
        runs += recorded(first, hours_ago=hours_ago)

    result, asked = checked_beside(
        with_days(step, "2025-11-14/2025-11-14"), *runs, figure_0="110.12", figure_1=111
    )

    assert [(each.passed, each.figure) for each in result.results] == [(False, "110.12"), (False, "111")]
    assert result.failure is not None
    assert "the sum of data.cost is 110.12 where the last run had 100.10" in result.failure
    assert "the number of rows is 111; the mean of the last 2 runs is 100" in result.failure
    assert len(asked) == 1


def test_who_adopts_a_check_sees_no_figure_that_came_after_it() -> None:
    attempt = attempt_at(step_of(NEAR))
    first, _ = checked_beside(with_days(step_of(NEAR), "2025-11-01/2025-11-07"), figure_0="1")
    later = recorded(first, hours_ago=1)

    result, _ = checked_beside(attempt, *later, ended_at=NOON - timedelta(hours=2), figure_0="5")

    assert "there is no earlier run to compare it with" in result.results[0].message


def test_a_step_finds_in_the_log_what_it_recorded_in_an_earlier_run() -> None:
    step, clock = step_of(NEAR), SetClock(NOON)
    earlier = replace(with_days(step, "2025-11-12/2025-11-12"), run_id=run_id_at(NOON - timedelta(days=1)))
    first, _ = checked_beside(earlier, figure_0="7.5")
    log = MemoryLog(clock)
    log.append(earlier.endings(first, now=NOON - timedelta(days=1)))
    attempt = with_days(step, "2025-11-13/2025-11-13")
    warehouse = MemoryWarehouse(answering(figure_0="7.5"))
    watch = watch_over(attempt, warehouse, log=log, clock=clock)

    result = carry_out(attempt, warehouse=warehouse, reader=MemoryReader({}), watch=watch)

    assert result.results[0].message == "within 10 % of the last run's 10 rows"


def test_where_no_rule_compares_runs_nobody_asks_for_their_figures() -> None:
    result, asked = checked_beside(attempt_at(step_of(COUNT)))

    assert (result.failure, asked) == (None, [])
    assert result.results[0].figure is None


def days_and_hash(step: PlannedDq, *parameters: ParameterValue) -> tuple[str | None, str]:
    plan = attempt_at(step).plan.model_copy(update={"parameters": parameters})
    return days_of(step, plan), figure_of(step, plan, what=("rows",))


MONDAY = ParameterValue(name="days", type="date_range", text="2025-11-10/2025-11-10")
TUESDAY = ParameterValue(name="days", type="date_range", text="2025-11-11/2025-11-11")
WEEK = ParameterValue(name="days", type="date_range", text="2025-11-10/2025-11-16")
AS_OF = ParameterValue(name="as_of", type="date", text="2025-11-12")
EU = ParameterValue(name="region", type="enum", text="eu")
US = ParameterValue(name="region", type="enum", text="us")
IN_WINDOW = {"window": {"column": "ingestion_date", "parameter": "days"}}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ((MONDAY,), (TUESDAY,), True),
        ((MONDAY,), (WEEK,), False),
        ((MONDAY, EU), (TUESDAY, EU), True),
        ((MONDAY, EU), (MONDAY, US), False),
        ((AS_OF,), (AS_OF.model_copy(update={"text": "2025-11-13"}),), True),
    ],
)
def test_figures_of_as_many_days_and_the_same_values_are_of_the_same_thing(
    one: tuple[ParameterValue, ...], other: tuple[ParameterValue, ...], is_same: bool
) -> None:
    step = step_of(COUNT)

    assert (days_and_hash(step, *one)[1] == days_and_hash(step, *other)[1]) == is_same


@pytest.mark.parametrize(
    ("settings", "parameters", "days"),
    [
        ({}, (MONDAY, EU), "2025-11-10/2025-11-10"),
        ({}, (AS_OF,), "2025-11-12/2025-11-12"),
        ({}, (AS_OF, MONDAY), None),
        (IN_WINDOW, (AS_OF, MONDAY), "2025-11-10/2025-11-10"),
        ({}, (EU,), None),
    ],
)
def test_a_check_is_about_the_days_of_its_window_or_of_its_run(
    settings: dict[str, Any], parameters: tuple[ParameterValue, ...], days: str | None
) -> None:
    step = step_of(COUNT, **settings)

    assert days_and_hash(step, *parameters)[0] == days
    assert days_and_hash(step, *parameters)[1] != days_and_hash(step_of(COUNT, scope="table"), *parameters)[1]
