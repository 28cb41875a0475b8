"""Whether the log can be relied on, from tables that refuse, lose and delay what they are given."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from shared.domain.errors import NotYetError, TransientError
from shared.domain.ids import RunId
from shared.usecases.prove_log import prove_log
from tests.fakes.clock import NOON, SetClock
from tests.fakes.probes import MemoryProbes

TABLE = "p.metadata.run_events"
MINUTE = timedelta(seconds=60)
READY = f"✓ {TABLE} can be written and read back"
NEW = f"{TABLE} is new; writing to it until it has kept everything for 60 s"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON + timedelta(seconds=4))


def proving(probes: MemoryProbes, clock: SetClock, *, lasting: timedelta = MINUTE) -> Iterator[str]:
    def wait(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))

    return prove_log(TABLE, lasting=lasting, probes=probes, clock=clock, wait=wait)


def seconds_taken(clock: SetClock) -> float:
    return (clock.now() - NOON - timedelta(seconds=4)).total_seconds()


def test_an_old_table_is_proven_by_one_row_at_once(clock: SetClock) -> None:
    probes = MemoryProbes(clock, created_at=NOON - timedelta(days=1))

    assert list(proving(probes, clock)) == [READY]
    assert (probes.count, seconds_taken(clock)) == (1, 0)


def test_a_new_table_is_proven_by_a_row_every_few_seconds_of_a_minute(clock: SetClock) -> None:
    probes = MemoryProbes(clock)

    lines = list(proving(probes, clock))

    assert lines == [NEW, *(f"  nothing refused or lost for {n} s" for n in (0, 15, 30, 45)), READY]
    assert (probes.count, seconds_taken(clock)) == (21, 60)


def test_where_no_time_is_asked_for_one_row_proves_a_new_table_too(clock: SetClock) -> None:
    assert list(proving(MemoryProbes(clock), clock, lasting=timedelta(0))) == [READY]


@pytest.mark.parametrize("created_ago", [timedelta(minutes=14), timedelta(minutes=16)])
def test_a_table_that_somebody_else_made_is_new_for_a_quarter_of_an_hour(
    clock: SetClock, created_ago: timedelta
) -> None:
    probes = MemoryProbes(clock, created_at=clock.now() - created_ago)

    lines = list(proving(probes, clock))

    assert (NEW in lines) == (created_ago < timedelta(minutes=15))


def test_rows_that_are_refused_begin_the_minute_again(clock: SetClock) -> None:
    probes = MemoryProbes(clock, fate=lambda n: "refused" if n <= 10 or n == 20 else "kept")

    lines = list(proving(probes, clock))

    assert lines[:3] == [
        NEW,
        "  not yet: Could not append to run_events: not found",
        "  nothing refused or lost for 0 s",
    ]
    assert lines[-1] == READY
    assert (probes.count, seconds_taken(clock)) == (41, 120)


@pytest.mark.parametrize("lost", [1, 10, 21])
def test_a_row_that_is_taken_and_lost_begins_the_minute_again(clock: SetClock, lost: int) -> None:
    probes = MemoryProbes(clock, fate=lambda n: "lost" if n == lost else "kept")

    lines = list(proving(probes, clock))

    assert lines[-1] == READY
    # The lost row's own moment, and a minute after the next one's.
    assert seconds_taken(clock) >= 3 * (lost - 1) + 63


@pytest.mark.parametrize("lag", [2, 7, 29])
def test_rows_that_can_be_read_late_are_waited_for(clock: SetClock, lag: int) -> None:
    probes = MemoryProbes(clock, lag=timedelta(seconds=lag))

    lines = list(proving(probes, clock))

    assert lines[-2:] == ["  written; waiting until it can be read", READY]
    assert probes.count == 21
    assert 60 + lag <= seconds_taken(clock) < 60 + lag + 3


def test_an_old_tables_row_that_is_late_is_waited_for(clock: SetClock) -> None:
    probes = MemoryProbes(clock, lag=timedelta(seconds=5), created_at=NOON - timedelta(days=1))

    assert list(proving(probes, clock)) == ["  written; waiting until it can be read", READY]
    assert (probes.count, seconds_taken(clock)) == (1, 6)


@pytest.mark.parametrize(
    ("fate", "count"), [("refused", "it refused 201, and 0 can't"), ("lost", "it refused 0, and ")]
)
@pytest.mark.parametrize("age", [timedelta(seconds=4), timedelta(days=1)])
def test_a_table_that_keeps_nothing_is_given_up_after_ten_minutes(
    clock: SetClock, fate: str, count: str, age: timedelta
) -> None:
    probes = MemoryProbes(clock, fate=lambda _: fate, created_at=clock.now() - age)

    with pytest.raises(NotYetError, match=r"within 10 minutes: .*Run this again") as raised:
        list(proving(probes, clock))

    assert count in str(raised.value)
    assert seconds_taken(clock) == 600


def test_a_row_that_can_be_written_and_not_yet_asked_for_is_not_proven(clock: SetClock) -> None:
    class Unreadable(MemoryProbes):
        def find(self, probe_ids: Sequence[RunId]) -> set[RunId]:
            if clock.now() < NOON + timedelta(seconds=20):
                raise TransientError("Could not read run_events: not found")
            return super().find(probe_ids)

    lines = list(proving(Unreadable(clock), clock))

    assert lines[1] == "  not yet: Could not read run_events: not found"
    assert lines[-1] == READY


def test_every_row_has_an_id_of_its_own(clock: SetClock) -> None:
    sent: list[tuple[RunId, datetime]] = []

    class Noting(MemoryProbes):
        def send(self, probe_id: RunId, *, at: datetime) -> None:
            sent.append((probe_id, at))
            super().send(probe_id, at=at)

    list(proving(Noting(clock), clock))

    assert len({probe_id for probe_id, _ in sent}) == len(sent) == 21
