"""Chunks of days, what is done about each, and how they stand together."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.backfill import (
    MOST_CHUNKS,
    BackfillMode,
    backfill_status,
    chunk_of,
    chunks_of,
    fold_backfill,
)
from shared.domain.date_range import DateRange
from shared.domain.event import BackfillPart, Event
from shared.domain.ids import RunId
from shared.domain.parameter import ParameterValue
from shared.domain.rule_result import RuleResult
from shared.domain.run import RUN_STATUSES, Run, RunStatus
from shared.domain.run_list import RunOutcome
from tests.fakes.runs import folded
from tests.unit.domain.histories import RUN, cancelled, failed, plan_of, queued, started, succeeded

DAYS = DateRange(start=date(2025, 11, 1), end=date(2025, 11, 7))


def days(text: str) -> DateRange:
    start, end = text.split("/")
    return DateRange(start=date.fromisoformat(start), end=date.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("2025-11-01/2025-11-01", "1d", ["2025-11-01/2025-11-01"]),
        ("2025-11-01/2025-11-01", "1mo", ["2025-11-01/2025-11-01"]),
        ("2025-11-01/2025-11-03", "2d", ["2025-11-01/2025-11-02", "2025-11-03/2025-11-03"]),
        ("2025-11-01/2025-11-03", "9999d", ["2025-11-01/2025-11-03"]),
        ("2024-02-28/2024-03-01", "1d", ["2024-02-28/2024-02-28", "2024-02-29/2024-02-29", "2024-03-01/2024-03-01"]),
        ("2024-01-31/2024-03-01", "1mo", ["2024-01-31/2024-01-31", "2024-02-01/2024-02-29", "2024-03-01/2024-03-01"]),
        ("2025-01-15/2025-03-31", "1mo", ["2025-01-15/2025-01-31", "2025-02-01/2025-02-28", "2025-03-01/2025-03-31"]),
        ("2025-11-15/2026-02-28", "3mo", ["2025-11-15/2026-01-31", "2026-02-01/2026-02-28"]),
        ("2025-12-01/2025-12-31", "1mo", ["2025-12-01/2025-12-31"]),
        ("9999-12-30/9999-12-31", "1d", ["9999-12-30/9999-12-30", "9999-12-31/9999-12-31"]),
        ("9999-12-30/9999-12-31", "9999mo", ["9999-12-30/9999-12-31"]),
    ],
)  # fmt: skip
def test_a_range_is_cut_into_days_or_calendar_months(text: str, size: str, expected: list[str]) -> None:
    assert [chunk.text for chunk in chunks_of(days(text), size)] == expected


@given(
    start=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    length=st.integers(1, 1000),
    size=st.sampled_from(["3d", "7d", "30d", "1mo", "2mo", "12mo"]),
)
def test_chunks_are_the_range_without_gap_or_overlap(start: date, length: int, size: str) -> None:
    chunks = chunks_of(DateRange(start=start, end=start + timedelta(days=length - 1)), size)

    every = [
        chunk.start + timedelta(days=n) for chunk in chunks for n in range((chunk.end - chunk.start).days + 1)
    ]
    assert every == [start + timedelta(days=n) for n in range(length)]


@pytest.mark.parametrize(
    "size", ["", "d", "0d", "-1d", "1.5d", "1w", "1m", "1 d", "01d", "1D", "10000d", "1d\n"]
)
def test_other_sizes_are_refused(size: str) -> None:
    with pytest.raises(ValueError, match="such as 1d, 7d or 1mo"):
        chunks_of(DAYS, size)


@pytest.mark.parametrize(
    ("text", "size", "would_do"),
    [
        ("2024-01-01/2025-01-01", "1d", "2d"),
        ("0001-01-01/9999-12-31", "1d", "9979d"),
        ("0001-01-01/9999-12-31", "1mo", "328mo"),
    ],
)
def test_too_many_chunks_are_refused_with_a_size_that_would_do(text: str, size: str, would_do: str) -> None:
    with pytest.raises(ValueError, match=rf"at most {MOST_CHUNKS} are allowed; {would_do} would do"):
        chunks_of(days(text), size)

    assert len(chunks_of(days(text), would_do)) <= MOST_CHUNKS


def outcomes(*statuses: RunStatus) -> list[RunOutcome]:
    """Runs with these statuses, newest first: r1, r2 …"""
    return [
        RunOutcome(run_id=RunId(f"r{number}"), status=status, parameters={})
        for number, status in enumerate(statuses, start=1)
    ]


@pytest.mark.parametrize(
    ("mode", "statuses", "action", "reason"),
    [
        ("missing", [], "run", "it has no run yet"),
        ("missing", ["FAILED"], "run", "its latest run r1 is FAILED"),
        ("missing", ["CANCELLED", "FAILED"], "run", "its latest run r1 is CANCELLED"),
        ("missing", ["FAILED", "SUCCESS"], "skip", "run r2 is SUCCESS"),
        ("missing", ["QUEUED"], "skip", "run r1 is QUEUED"),
        ("missing", ["RUNNING"], "skip", "run r1 is RUNNING"),
        ("failed", [], "skip", "it has no run yet"),
        ("failed", ["FAILED", "SUCCESS"], "run", "its latest run r1 is FAILED"),
        ("failed", ["CANCELLED"], "run", "its latest run r1 is CANCELLED"),
        ("failed", ["SUCCESS", "FAILED"], "skip", "run r1 is SUCCESS"),
        ("failed", ["RUNNING", "FAILED"], "skip", "run r1 is RUNNING"),
        ("all", [], "run", "every chunk is asked for"),
        ("all", ["SUCCESS"], "run", "every chunk is asked for"),
    ],
)
def test_the_mode_and_the_runs_so_far_decide_about_a_chunk(
    mode: BackfillMode, statuses: list[RunStatus], action: str, reason: str
) -> None:
    chunk = chunk_of(DAYS, mode, outcomes(*statuses))

    assert (chunk.action, chunk.reason) == (action, reason)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["QUEUED", "QUEUED"], "QUEUED"),
        (["QUEUED", "RUNNING"], "RUNNING"),
        (["SUCCESS", "QUEUED"], "RUNNING"),
        (["FAILED", "RUNNING"], "RUNNING"),
        (["CANCELLED", "QUEUED"], "RUNNING"),
        (["SUCCESS", "SUCCESS"], "SUCCESS"),
        (["SUCCESS", "FAILED"], "FAILED"),
        (["CANCELLED", "FAILED", "SUCCESS"], "CANCELLED"),
    ],
)  # fmt: skip
def test_a_backfill_has_the_status_that_its_chunks_add_up_to(
    statuses: list[RunStatus], expected: RunStatus
) -> None:
    assert backfill_status(statuses) == expected


@given(st.lists(st.sampled_from(RUN_STATUSES), min_size=1, max_size=6).flatmap(
    lambda statuses: st.tuples(st.just(statuses), st.permutations(statuses))
))  # fmt: skip
def test_the_order_of_the_chunks_does_not_matter(orders: tuple[list[RunStatus], list[RunStatus]]) -> None:
    assert backfill_status(orders[0]) == backfill_status(orders[1])


def run_of_chunk(name: str, text: str, *events: Event, steps: int = 1) -> Run:
    """A run of a backfill with these events of its own."""
    plan = plan_of(*[()] * steps).model_copy(
        update={"parameters": (ParameterValue(name="days", type="date_range", text=text),)}
    )
    part = BackfillPart(backfill_id=RUN, concurrent_runs=3, parameter="days", run_count=2)
    accepted = queued(plan).model_copy(update={"backfill": part})
    run = folded([accepted, *events])
    return run.model_copy(update={"run_id": RunId(name), "created_at": accepted.occurred_at})


def test_of_a_chunk_that_was_run_again_the_newest_run_counts() -> None:
    first = run_of_chunk("a", "2025-11-01/2025-11-01", started(1), failed(1, seconds=5))
    again = run_of_chunk("b", "2025-11-01/2025-11-01", started(1), succeeded(1, seconds=9, rows=7))
    other = run_of_chunk("c", "2025-11-02/2025-11-02", started(1), succeeded(1, seconds=3, rows=2))

    made = fold_backfill([other, again, first])

    assert made is not None
    assert [(chunk.date_range, chunk.run_id, chunk.status) for chunk in made.chunks] == [
        ("2025-11-01/2025-11-01", "b", "SUCCESS"),
        ("2025-11-02/2025-11-02", "c", "SUCCESS"),
    ]
    assert (made.status, made.totals.rows_transformed, made.completed_at) == (
        "SUCCESS",
        9,
        again.completed_at,
    )


def test_a_backfill_is_not_complete_before_all_its_chunks_are() -> None:
    runs = [
        run_of_chunk("a", "2025-11-01/2025-11-01", started(1), failed(1, seconds=5)),
        run_of_chunk("b", "2025-11-02/2025-11-02"),
    ]

    open_, ended = (
        fold_backfill(runs),
        fold_backfill([runs[0], run_of_chunk("b", "2025-11-02/2025-11-02", cancelled(seconds=9))]),
    )

    assert open_ is not None
    assert ended is not None
    assert (open_.status, open_.completed_at, open_.chunks[0].error_message) == (
        "RUNNING",
        None,
        "step_1: it broke",
    )
    assert (ended.status, ended.completed_at is None) == ("CANCELLED", False)


def test_no_runs_are_no_backfill() -> None:
    assert fold_backfill([]) is None


def test_a_chunk_has_the_warnings_of_each_step_in_the_last_run_that_checked_it() -> None:
    def checked(number: int, rule_id: str, seconds: int) -> Event:
        result = RuleResult(
            rule_id=rule_id,
            rule_type="not_null",
            severity="warn",
            passed=False,
            rows_checked=10,
            rows_failed=1,
            message="1 of 10 rows have no value",
        )
        return succeeded(number, seconds=seconds).model_copy(update={"results": (result,)})

    day = "2025-11-01/2025-11-01"
    first = run_of_chunk("a", day, checked(1, "has_team", 1), checked(2, "has_day", 2), steps=3)
    rest = run_of_chunk("b", day, checked(2, "has_cost", 5), steps=3)

    made = fold_backfill([first, rest])

    assert made is not None
    assert made.chunks[0].warnings == ("step_1.has_team", "step_2.has_cost")
