"""What readings of a source took, so that a later one need not take it again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.cursor import CursorValue, greatest, lowest, parse_kept
from shared.domain.model import Model, UtcTime

_CLOCKS_APART = timedelta(seconds=2)
"""How far the clocks of two machines of Google's may be apart, generously."""
REMEMBERED = timedelta(days=400)
"""For how long what was taken of a source counts as known. What was taken before is taken again."""
_LATEST_EFFECT = timedelta(hours=25)
"""After how long what was read has no effect any more, if nobody says that it had one: a run takes a day at most."""


class FileVersion(Model):
    """A file as it was: what a source calls it, and what tells its contents from those it has at other times.

    `size` is in bytes; `version` is the place's own word for the contents: a generation, a checksum, a time of writing.
    None is what the place doesn't tell, or what nobody knows.
    """

    name: str
    size: int | None = None
    version: str | None = None

    def is_known_as(self, other: "FileVersion") -> bool:
        """Whether the two are certain to hold the same."""
        return self == other and self.version is not None


class Progress(Model):
    """What was taken of a source: files, and how far a cursor got, a JSON scalar as text."""

    files: tuple[FileVersion, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True)
class Memory:
    """What is known of a source before it is read, and whom to tell what was taken, once, when it is at its end.

    `began_at` comes before anything of the source is seen.
    """

    known: Progress
    keep: Callable[[Progress], None]
    began_at: datetime

    @property
    def cursor(self) -> CursorValue | None:
        """How far the source was read before."""
        return parse_kept(self.known.cursor)

    def reached(self, *values: CursorValue | None) -> Progress:
        """How far a reading gets that has seen these values, all of one kind."""
        last = greatest(values, began_at=self.began_at)
        return Progress(cursor=None if last is None else last.text)


@dataclass(frozen=True)
class FileBegun:
    """The rows that follow are those of the file of this name."""

    name: str


class SourceReading(Model):
    """A reading of a source to its end, for a table; `ended_at` is when its rows were seen to be there, if they were.

    `way` says how the source was read: what was taken in another way is another thing. What follows a `/` in it says
    which part of the source was read. `began_at` comes before its rows are there, `read_at` too.
    """

    reading_id: str
    table: str
    way: str
    began_at: UtcTime
    read_at: UtcTime
    ended_at: UtcTime | None
    progress: Progress


def progress_of(
    readings: Sequence[SourceReading], *, table: str, way: str, since: datetime | None
) -> Progress:
    """What the table, which is there `since` then or not at all, holds of the source, as far as that is certain.

    A file has no version where that is not certain: another reading may have put other contents in the place of the
    last one's. It is not there where it was last read in another way.
    """
    if since is None:
        return Progress()
    own = [_as_seen(reading, since) for reading in readings if reading.table == table]
    by_name: dict[str, list[tuple[SourceReading, FileVersion]]] = {}
    for reading in own:
        for file in reading.progress.files:
            by_name.setdefault(file.name, []).append((reading, file))
    return Progress(files=tuple(_known(by_name.values(), way)), cursor=_cursor(own, way))


def _as_seen(reading: SourceReading, since: datetime) -> SourceReading:
    """What was read before the table was made may be in one that is there no more."""
    is_before = reading.read_at < since
    return reading.model_copy(update={"ended_at": None}) if is_before else reading


def _known(takings: Iterable[list[tuple[SourceReading, FileVersion]]], way: str) -> Iterator[FileVersion]:
    for taken in sorted(takings, key=lambda each: each[0][1].name):
        ended = [(reading, file) for reading, file in taken if reading.ended_at is not None]
        if not ended:
            continue
        last, version = max(ended, key=lambda item: (item[0].ended_at, item[0].reading_id))
        others = [
            reading
            for reading, file in taken
            if (file, reading.way) != (version, last.way) and _may_come_after(reading, last)
        ]
        if {last.way, *(other.way for other in others)} != {way}:
            continue
        yield FileVersion(name=version.name) if others else version


def _cursor(own: Sequence[SourceReading], way: str) -> str | None:
    """How far all is in the table as it was when it was read, or later.

    Where another reading may have put rows there that it had read before the last one did, that is no further than the
    other one had got: what came later is read again.
    """
    ended = [reading for reading in own if reading.ended_at is not None and reading.way == way]
    last = max(ended, key=lambda reading: (reading.ended_at, reading.reading_id), default=None)
    if last is None:
        return None
    others = [reading for reading in own if reading is not last]
    definition = _definition(last)
    if any(_definition(other) != definition and _may_come_after(other, last) for other in others):
        return None
    beside = [other for other in others if _definition(other) == definition and _may_write_older(other, last)]
    return lowest(reading.progress.cursor for reading in (last, *beside))


def _definition(reading: SourceReading) -> str:
    return reading.way.partition("/")[0]


def _may_write_older(reading: SourceReading, last: SourceReading) -> bool:
    """Whether rows that were read before those of the other, which ended last, may have taken their place."""
    is_later = last.ended_at is not None and reading.began_at > last.ended_at + _CLOCKS_APART
    return not is_later and _may_come_after(reading, last)


def _may_come_after(reading: SourceReading, last: SourceReading) -> bool:
    """Whether the reading's rows may have taken the place of those of the other, which ended last."""
    if reading.ended_at is not None:
        return reading.ended_at > last.began_at - _CLOCKS_APART
    return reading.read_at > last.began_at - _LATEST_EFFECT
