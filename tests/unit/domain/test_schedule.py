"""By which key a scheduled call is known again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.schedule import RunKey, schedule_key

SIX = datetime(2025, 11, 15, 6, tzinfo=UTC)
delays = st.timedeltas(timedelta(minutes=-1), timedelta(hours=24))
moments = st.timedeltas(timedelta(days=-9000), timedelta(days=9000)).map(lambda away: SIX + away)


@given(scheduled_at=moments, first=delays, again=delays)
def test_every_call_of_one_time_has_one_key_and_one_day(
    scheduled_at: datetime, first: timedelta, again: timedelta
) -> None:
    keys = {schedule_key("daily", scheduled_at, now=scheduled_at + delay) for delay in (first, again)}

    assert len(keys) == 1
    assert keys.pop().day == scheduled_at.date()


def test_other_jobs_and_other_times_have_other_keys() -> None:
    calls = [
        ("daily", SIX),
        ("daily2", SIX),
        ("daily", SIX + timedelta(hours=1)),
        ("daily", SIX.replace(day=14)),
    ]

    keys = {schedule_key(job, scheduled_at, now=SIX + timedelta(hours=2)) for job, scheduled_at in calls}

    assert len(keys) == len(calls)


def test_the_offset_in_which_a_time_is_written_makes_no_difference() -> None:
    in_california = datetime.fromisoformat("2025-11-14T22:00:00-08:00")

    assert schedule_key("daily", in_california, now=SIX) == schedule_key("daily", SIX, now=SIX)
    assert schedule_key("daily", in_california, now=SIX).day == date(2025, 11, 15)


@given(scheduled_at=moments, sooner=st.timedeltas(timedelta(minutes=1, microseconds=1), timedelta(days=400)))
def test_a_call_by_hand_does_not_take_the_key_of_the_scheduled_call_to_come(
    scheduled_at: datetime, sooner: timedelta
) -> None:
    forced = schedule_key("daily", scheduled_at, now=scheduled_at - sooner)

    scheduled = schedule_key("daily", scheduled_at, now=scheduled_at)
    assert forced.text != scheduled.text
    assert forced.day is None


def test_a_call_by_hand_that_is_tried_again_has_its_key_again() -> None:
    first, again = (schedule_key("daily", SIX, now=SIX - timedelta(hours=hours)) for hours in (5, 4))

    assert first == again


@pytest.mark.parametrize("late", [timedelta(days=2), timedelta(days=40)])
def test_a_call_that_comes_days_late_makes_a_run_of_the_day_on_which_it_comes(late: timedelta) -> None:
    assert schedule_key("daily", SIX, now=SIX + late).day is None


def test_a_key_that_a_caller_chooses_has_no_day_of_its_own() -> None:
    assert RunKey("monday").day is None
