"""What is known of a source's files from its readings."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

import pytest

from shared.domain.progress import FileVersion, Progress, SourceReading, progress_of
from tests.fakes.clock import NOON

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MADE_AT = NOON - 400 * DAY
OLD, NEW = FileVersion(name="a.csv", size=1, version="1"), FileVersion(name="a.csv", size=1, version="2")


def reading(
    *files: FileVersion,
    at: datetime = NOON,
    ended: timedelta | None = timedelta(minutes=5),
    table: str = "raw_data",
    way: str = "csv",
    cursor: str | None = None,
) -> SourceReading:
    """A reading that began then, read for a minute, and whose rows were seen after `ended`."""
    return SourceReading(
        reading_id=f"{at:%d%H%M}",
        table=table,
        way=way,
        began_at=at,
        read_at=at + timedelta(minutes=1),
        ended_at=None if ended is None else at + ended,
        progress=Progress(files=files, cursor=cursor),
    )


def known(*readings: SourceReading) -> tuple[FileVersion, ...]:
    answers = {
        progress_of(order, table="raw_data", way="csv", since=MADE_AT).files
        for order in (readings, readings[::-1])
    }
    assert len(answers) == 1, "the order of the readings counts"
    return answers.pop()


def test_what_a_successful_step_read_is_there() -> None:
    other = FileVersion(name="b.csv", size=2, version="7")

    assert set(known(reading(OLD), reading(other, at=NOON + HOUR))) == {OLD, other}


def test_what_nobody_saw_in_the_table_is_not_there() -> None:
    assert known(reading(OLD, ended=None)) == ()


def test_the_last_of_two_versions_is_there() -> None:
    assert known(reading(OLD), reading(NEW, at=NOON + HOUR)) == (NEW,)


@pytest.mark.parametrize("ended", [5, 70, 300])
def test_of_two_versions_that_were_written_at_once_nobody_knows_which_is_there(ended: int) -> None:
    slow = reading(OLD, ended=timedelta(minutes=ended))

    found = known(slow, reading(NEW, at=NOON + timedelta(minutes=2)))

    assert found == (FileVersion(name="a.csv"),)
    assert not found[0].is_known_as(found[0])


def test_a_reading_of_which_nobody_knows_the_end_may_have_its_effect_for_a_day() -> None:
    lost = reading(OLD, ended=None)

    assert known(lost, reading(NEW, at=NOON + HOUR)) == (FileVersion(name="a.csv"),)
    assert known(lost, reading(NEW, at=NOON + DAY + 2 * HOUR)) == (NEW,)
    assert known(lost, reading(OLD, at=NOON + HOUR)) == (OLD,)


def test_what_was_read_for_another_table_or_in_another_way_is_not_there() -> None:
    elsewhere, otherwise = reading(OLD, table="charges"), reading(OLD, way="csv;")

    assert known(elsewhere, otherwise) == ()
    assert known(reading(OLD), reading(OLD, way="csv;", at=NOON + HOUR)) == ()
    assert known(reading(OLD, way="csv;"), reading(OLD, at=NOON + HOUR)) == (OLD,)
    assert known(reading(OLD, way="csv;", ended=HOUR), reading(OLD, at=NOON + HOUR)) == ()


def cursor_of(*readings: SourceReading, way: str = "csv") -> str | None:
    answers = {
        progress_of(order, table="raw_data", way=way, since=MADE_AT).cursor
        for order in (readings, readings[::-1])
    }
    assert len(answers) == 1, "the order of the readings counts"
    return answers.pop()


def test_a_cursor_is_where_the_last_reading_left_it() -> None:
    first, second = reading(cursor="7"), reading(cursor="9", at=NOON + HOUR)

    assert cursor_of(first, second) == "9"
    assert cursor_of(first, second, way="other") is None
    assert cursor_of() is None
    assert cursor_of(reading(cursor="9", ended=None)) is None


@pytest.mark.parametrize("ended", [timedelta(minutes=5), HOUR, None])
def test_a_reading_that_may_have_put_older_rows_in_place_of_the_last_ones_holds_the_cursor_back(
    ended: timedelta | None,
) -> None:
    slow, quick = reading(cursor="7", ended=ended), reading(cursor="9", at=NOON + timedelta(minutes=2))

    assert cursor_of(slow, quick) == "7"
    assert cursor_of(slow, quick, reading(cursor="11", at=NOON + 3 * HOUR)) == (
        "7" if ended is None else "11"
    )
    assert cursor_of(slow, quick, reading(cursor="11", at=NOON + DAY + 2 * HOUR)) == "11"


def test_a_cursor_of_another_definition_tells_nothing_and_may_have_left_other_rows() -> None:
    assert cursor_of(reading(cursor="7", way="other"), reading(cursor="9", at=NOON + HOUR)) == "9"
    assert cursor_of(reading(cursor="7"), reading(cursor="9", way="other", at=NOON + HOUR)) is None


def test_each_part_of_a_source_has_a_cursor_of_its_own() -> None:
    one, other = reading(cursor="7", way="a/1"), reading(cursor="3", way="a/2", at=NOON + HOUR)
    at_once = reading(cursor="3", way="a/2", at=NOON + timedelta(minutes=2))

    assert [cursor_of(one, other, way=way) for way in ("a/1", "a/2", "a/3")] == ["7", "3", None]
    assert cursor_of(one, at_once, way="a/1") == "3"


class Reading(NamedTuple):
    """When one begins, reads, writes and is seen to have ended, and whether that is lost."""

    began: int
    read: int
    wrote: int
    ended: int
    is_lost: bool


MINUTES = 12


def drawn_reading(rng: Random) -> Reading:
    began, read, wrote, ended = sorted(rng.randrange(MINUTES) for _ in range(4))
    return Reading(began, read, wrote, ended, is_lost=rng.random() < 0.5)


def test_whenever_readings_overlap_and_ends_are_lost_all_up_to_the_cursor_is_there_as_it_is() -> None:
    for seed in range(1_000):
        rng = Random(seed)
        readings = [drawn_reading(rng) for _ in range(rng.randint(2, 5))]
        changes = [(rng.choice("abcdefgh"), rng.randint(0, 2)) for _ in range(MINUTES)]
        require_rows(readings, changes, lag=rng.randint(0, 2))


def require_rows(readings: list[Reading], changes: list[tuple[str, int]], *, lag: int) -> None:
    """In each minute a row is changed, whose value lies below the greatest one by the `lag` at most."""
    told: list[SourceReading] = []
    source: dict[str, int] = {}
    table: dict[str, int] = {}
    held: dict[int, dict[str, int]] = {}
    cursor_by_index: dict[int, int] = {}

    def start_at(now: int) -> int:
        seen = [
            each.model_copy(
                update={"ended_at": each.ended_at if each.ended_at and each.ended_at <= at(now) else None}
            )
            for each in told
            if each.read_at <= at(now)
        ]
        known = progress_of(seen, table="raw_data", way="csv", since=MADE_AT).cursor
        return int(known) - lag if known is not None else -100

    for now, (key, late) in enumerate(changes):
        source[key] = max(source.values(), default=0) + 1 - min(late, lag)
        for index, each in enumerate(readings):
            if each.read == now:
                start = start_at(each.began)
                held[index] = {key: value for key, value in source.items() if value >= start}
                cursor_by_index[index] = max([start + lag, *held[index].values()])
                told.append(told_of(index, each, cursor_by_index[index]))
            if each.wrote == now:
                table.update(held[index])

    start = start_at(MINUTES)
    assert {key: table.get(key) for key, value in source.items() if value < start} == {
        key: value for key, value in source.items() if value < start
    }


def at(now: int) -> datetime:
    return NOON + now * timedelta(minutes=1)


def told_of(index: int, each: Reading, cursor: int) -> SourceReading:
    return SourceReading(
        reading_id=str(index),
        table="raw_data",
        way="csv",
        began_at=at(each.began),
        read_at=at(each.read),
        ended_at=None if each.is_lost else at(each.ended),
        progress=Progress(cursor=str(cursor)),
    )


def test_a_table_that_is_not_there_or_was_made_later_holds_nothing() -> None:
    for since in (None, NOON + HOUR):
        assert progress_of([reading(OLD, cursor="7")], table="raw_data", way="csv", since=since) == Progress()
