"""Which figures of earlier runs a later one is held against."""

from datetime import timedelta
from decimal import Decimal

from shared.domain.ids import RunId, run_id_at
from shared.domain.rule_figure import FigurePlace, RuleFigure
from tests.fakes.clock import NOON

OWN = run_id_at(NOON)


def figure(value: int, days: str | None, *, hours_ago: int, **settings: str) -> RuleFigure:
    recorded_at = NOON - timedelta(hours=hours_ago)
    return RuleFigure.model_validate(
        {
            "run_id": run_id_at(recorded_at),
            "rule_id": "usual",
            "of": "rows",
            "days": days,
            "figure": Decimal(value),
            "rows": value,
            "recorded_at": recorded_at,
            **settings,
        }
    )


def held_against(place: FigurePlace, *figures: RuleFigure) -> list[int]:
    return [each.rows for each in place.earlier(figures, before=NOON)]


def place(days: str | None, *run_ids: RunId) -> FigurePlace:
    return FigurePlace(frozenset({OWN, *run_ids}), "usual", "rows", days)


def day(number: int) -> str:
    return f"2025-11-{number:02}/2025-11-{number:02}"


def test_a_day_is_held_against_the_days_before_it_the_last_one_first() -> None:
    found = held_against(
        place(day(4)),
        figure(1, day(1), hours_ago=72),
        figure(3, day(3), hours_ago=24),
        figure(2, day(2), hours_ago=48),
    )

    assert found == [3, 2, 1]


def test_a_day_that_is_loaded_again_is_held_against_no_figure_of_its_own() -> None:
    found = held_against(place(day(3)), figure(2, day(2), hours_ago=48), figure(9, day(3), hours_ago=5))

    assert found == [2]


def test_of_a_day_that_was_loaded_twice_the_last_figure_counts_once() -> None:
    found = held_against(
        place(day(3)),
        figure(20, day(2), hours_ago=3),
        figure(2, day(2), hours_ago=48),
        figure(1, day(1), hours_ago=72),
    )

    assert found == [20, 1]


def test_a_backfill_of_a_day_long_ago_is_held_against_the_days_before_that() -> None:
    found = held_against(place(day(2)), figure(1, day(1), hours_ago=2), figure(30, day(30), hours_ago=1))

    assert found == [1]


def test_a_run_that_is_about_no_days_is_held_against_the_runs_before_it() -> None:
    found = held_against(
        place(None), figure(1, None, hours_ago=2), figure(3, None, hours_ago=1), figure(2, None, hours_ago=1)
    )

    assert found[-1] == 1
    assert sorted(found) == [1, 2, 3]


def test_what_is_of_another_thing_or_of_the_run_itself_or_came_later_does_not_count() -> None:
    begun = run_id_at(NOON - timedelta(days=1))

    found = held_against(
        place(None, begun),
        figure(1, None, hours_ago=2, of="sum"),
        figure(2, None, hours_ago=2, rule_id="other"),
        figure(3, None, hours_ago=2, run_id=OWN),
        figure(4, None, hours_ago=2, run_id=begun),
        figure(5, None, hours_ago=0),
        figure(6, None, hours_ago=2),
    )

    assert found == [6]


def test_a_fact_that_the_log_has_twice_counts_once() -> None:
    once = figure(1, None, hours_ago=2)

    assert held_against(place(None), once, once) == [1]
