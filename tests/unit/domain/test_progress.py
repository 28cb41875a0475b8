"""What is known of a source's files from its readings."""

from datetime import datetime, timedelta

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


def test_a_cursor_is_where_the_last_reading_left_it() -> None:
    readings = [reading(cursor="7"), reading(cursor="9", at=NOON + HOUR), reading(cursor="8", ended=None)]

    assert progress_of(readings, table="raw_data", way="csv", since=MADE_AT).cursor == "9"
    assert progress_of(readings, table="raw_data", way="other", since=MADE_AT).cursor is None
    assert progress_of([], table="raw_data", way="csv", since=MADE_AT).cursor is None


def test_a_table_that_is_not_there_or_was_made_later_holds_nothing() -> None:
    for since in (None, NOON + HOUR):
        assert progress_of([reading(OLD, cursor="7")], table="raw_data", way="csv", since=since) == Progress()
