"""When a cron expression is due."""

from datetime import UTC, datetime

import pytest

from shared.config.cron import is_due


def minute(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "timezone", "due", "not_due"),
    [
        ("0 6 * * *", "Etc/UTC", "2025-11-15T06:00", "2025-11-15T06:01"),
        ("*/15 * * * *", "Etc/UTC", "2025-11-15T06:45", "2025-11-15T06:46"),
        ("0 6 * * *", "Europe/Berlin", "2025-11-15T05:00", "2025-11-15T06:00"),
        ("0 6 * * *", "Europe/Berlin", "2025-07-15T04:00", "2025-07-15T05:00"),
        ("30 5 1 * *", "Asia/Kolkata", "2025-11-01T00:00", "2025-11-01T05:30"),
        ("0 0 * * MON", "Etc/UTC", "2025-11-17T00:00", "2025-11-16T00:00"),
        ("0 0 * * 7", "Etc/UTC", "2025-11-16T00:00", "2025-11-17T00:00"),
        ("0 0 1 1 *", "America/New_York", "2026-01-01T05:00", "2026-01-01T00:00"),
    ],
)
def test_a_minute_is_due_in_the_schedules_own_time_zone(
    cron: str, timezone: str, due: str, not_due: str
) -> None:
    assert is_due(cron, timezone, minute(due))
    assert not is_due(cron, timezone, minute(not_due))


def test_seconds_do_not_count() -> None:
    late = minute("2025-11-15T06:00").replace(second=59, microsecond=999_999)

    assert is_due("0 6 * * *", "Etc/UTC", late)


def test_an_hour_that_the_clock_repeats_is_due_once() -> None:
    hours = [minute(f"2025-10-26T0{hour}:30") for hour in range(4)]

    due = [moment for moment in hours if is_due("30 2 * * *", "Europe/Berlin", moment)]

    assert due == [minute("2025-10-26T00:30")]


def test_an_hour_that_the_clock_leaves_out_is_due_after_it() -> None:
    hours = [minute(f"2026-03-29T0{hour}:{part}") for hour in range(3) for part in ("00", "30")]

    due = [moment for moment in hours if is_due("30 2 * * *", "Europe/Berlin", moment)]

    assert due == [minute("2026-03-29T01:00")]
