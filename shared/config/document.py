"""A YAML text as plain values that remember where they stood. The only module that imports yaml.

The values are those of YAML 1.2's core schema, less its surprises: only `true` and `false` are booleans (so `on`,
`off`, `yes` and `no` are text), only decimal numbers without a leading zero are numbers (so `007`, `0x1F`, `1_000`
and `12:30` are text), and dates are text. Anchors, aliases and tags are refused.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import yaml

from shared.config import kinds
from shared.config.kind import Kind
from shared.config.position import Position, Scalar, position_of, position_of_index
from shared.config.problem import ConfigError, ConfigProblem
from shared.config.scalar import parse_scalar
from shared.config.text import LARGEST_TEXT, TOO_LONG
from shared.config.yaml_words import explained

Location = tuple[str | int, ...]

DEEPEST_LEVEL = 40
_ESCAPE = re.compile(r"\\U([0-9A-Fa-f]{8})")
_HALF = re.compile("[\ud800-\udfff]")
"""A surrogate, which YAML's escapes can say and UTF-8 can't."""


@dataclass(frozen=True)
class Document:
    """A parsed file. `positions` has the place of each mapping's key and each list's item; `()` is the document."""

    file: str
    value: object
    positions: Mapping[Location, Position]
    key_ends: Mapping[Location, Position] = field(default_factory=dict)
    """One past each key."""
    scalars: Mapping[Location, Scalar] = field(default_factory=dict)
    """Where the values are that are neither mappings nor lists."""

    text: str = ""

    def end_column(self, location: Location) -> int | None:
        """One past what stands at `location`, key and value, where that ends in the line in which it begins."""
        at, scalar = self.positions.get(location), self.scalars.get(location)
        ends = (scalar.end if scalar else None, self.key_ends.get(location))
        return next((end.column for end in ends if end and at and end.line == at.line and end > at), None)

    def value_position(self, location: Location) -> Position:
        """Where the value at `location` begins, if it is neither a mapping nor a list; else `position`."""
        scalar = self.scalars.get(location)
        is_here = scalar is not None and scalar.style not in ("|", ">") and scalar.end > scalar.start
        return scalar.start if scalar and is_here else self.position(location)

    def position(self, location: Location) -> Position:
        """Return where `location` is, or else the nearest thing around it that the text has."""
        while location and location not in self.positions:
            location = location[:-1]
        return self.positions.get(location, Position(1, 1))


def parse_document(text: str, *, file: str) -> Document:
    """Parse the one YAML mapping that `text` holds; `file` is its name in messages.

    Raises ConfigError with every problem up to the first syntax error, after which YAML can't be read on.
    """
    if len(text) > LARGEST_TEXT:
        raise ConfigError([ConfigProblem(file, 1, 1, "", TOO_LONG.message, kind=kinds.UNREADABLE_FILE)])
    reading = _Reading(file=file)
    value: object = None
    try:
        value = _read_stream(reading, yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        place, sentence = explained(error, text)
        # What is no mapping at the top is read on as far as it goes, and why that ends is no other mistake.
        if not any(problem.kind is kinds.WRONG_TYPE and not problem.path for problem in reading.problems):
            reading.report(place, (), sentence, kind=kinds.INVALID_YAML)
    except yaml.reader.ReaderError as error:
        at = position_of_index(text, error.position)
        reading.report(at, (), f"holds the unprintable character U+{error.character:04X}")
    except (ValueError, OverflowError):
        # The parser makes a character of an escape without looking at its number.
        escapes = [each for each in _ESCAPE.finditer(text) if int(each[1], 16) > sys.maxunicode]
        if not escapes:
            raise
        at = position_of_index(text, escapes[0].start())
        reading.report(at, (), f"holds '{escapes[0][0]}', which is no character")
    except _TooDeepError as error:
        reading.report(error.position, (), f"is nested more than {DEEPEST_LEVEL} levels deep")
    if reading.problems:
        raise ConfigError(reading.problems)
    return Document(file, value, reading.positions, reading.key_ends, reading.scalars, text)


@dataclass
class _Reading:
    """What has been learnt from the events so far."""

    file: str
    positions: dict[Location, Position] = field(default_factory=dict)
    key_ends: dict[Location, Position] = field(default_factory=dict)
    scalars: dict[Location, Scalar] = field(default_factory=dict)
    problems: list[ConfigProblem] = field(default_factory=list)

    def report(
        self, at: Position, location: Location, message: str, *, kind: Kind = kinds.REFUSED_YAML
    ) -> None:
        path = path_text(location)
        self.problems.append(ConfigProblem(self.file, at.line, at.column, path, message, kind=kind))


class _TooDeepError(Exception):
    def __init__(self, position: Position) -> None:
        super().__init__(str(position))
        self.position = position


def path_text(location: Location) -> str:
    """Write a location as people do: `steps[1].destination.mode`."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def _read_stream(reading: _Reading, events: Iterator[yaml.Event]) -> object:
    value: object = None
    document_count = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            document_count += 1
            if document_count > 1:
                reading.report(
                    position_of(event.start_mark), (), "holds a second document; one file holds one"
                )
                return None
        elif isinstance(event, yaml.NodeEvent):
            reading.positions[()] = position_of(event.start_mark)
            value = _read_node(reading, event, events, location=())
            _require_mapping(reading, event, value)
    if not document_count:
        reading.report(
            Position(1, 1), (), "is empty; it must be a mapping (key: value)", kind=kinds.WRONG_TYPE
        )
    return value


def _require_mapping(reading: _Reading, event: yaml.NodeEvent, value: object) -> None:
    if not isinstance(value, dict) and not isinstance(event, yaml.AliasEvent):
        reading.report(
            position_of(event.start_mark),
            (),
            "must be a mapping (key: value) at the top",
            kind=kinds.WRONG_TYPE,
        )


def _read_node(
    reading: _Reading, event: yaml.NodeEvent, events: Iterator[yaml.Event], *, location: Location
) -> object:
    at = position_of(event.start_mark)
    # A location never gets longer than the nesting is deep, so it bounds the recursion.
    if len(location) > DEEPEST_LEVEL:
        raise _TooDeepError(at)
    _refuse_indirection(reading, event, location)
    if isinstance(event, yaml.MappingStartEvent):
        return _read_mapping(reading, events, location)
    if isinstance(event, yaml.SequenceStartEvent):
        return _read_sequence(reading, events, location)
    if not isinstance(event, yaml.ScalarEvent):
        return None
    reading.scalars[location] = Scalar(at, position_of(event.end_mark), event.style or "")
    if _HALF.search(event.value):
        reading.report(
            at, location, "holds half a character; write the character itself, not its two escapes"
        )
        return None
    # `implicit[0]` is true of a scalar without quotes.
    if not event.implicit[0]:
        return event.value
    try:
        return parse_scalar(event.value)
    except ValueError as error:
        reading.report(at, location, str(error), kind=kinds.WRONG_TYPE)
        return None


def _refuse_indirection(reading: _Reading, event: yaml.NodeEvent, location: Location) -> None:
    at = position_of(event.start_mark)
    if isinstance(event, yaml.AliasEvent):
        reading.report(at, location, f"the alias '*{event.anchor}' is not allowed; write the value out")
        return
    if event.anchor is not None:
        reading.report(at, location, f"the anchor '&{event.anchor}' is not allowed; write the value out")
    tag = getattr(event, "tag", None)
    if tag is not None:
        shown = tag.replace("tag:yaml.org,2002:", "!!")
        reading.report(at, location, f"the tag '{shown}' is not allowed; quotes make a text")


def _read_sequence(reading: _Reading, events: Iterator[yaml.Event], location: Location) -> list[object]:
    items: list[object] = []
    for event in events:
        if not isinstance(event, yaml.NodeEvent):
            break
        place = (*location, len(items))
        reading.positions[place] = position_of(event.start_mark)
        items.append(_read_node(reading, event, events, location=place))
    return items


def _read_mapping(reading: _Reading, events: Iterator[yaml.Event], location: Location) -> dict[str, object]:
    value_by_key: dict[str, object] = {}
    for event in events:
        if not isinstance(event, yaml.NodeEvent):
            break
        key = _read_key(reading, event, events, location=location)
        place = (*location, key)
        at = position_of(event.start_mark)
        if key in value_by_key:
            first = reading.positions[place]
            there = f"line {first.line}, column {first.column}"
            reading.report(at, place, f"'{key}' is here twice; the first is at {there}", kind=kinds.KEY_TWICE)
        reading.positions.setdefault(place, at)
        reading.key_ends.setdefault(place, position_of(event.end_mark))
        # The parser gives every key a value, if only an empty one.
        value_event = cast(yaml.NodeEvent, next(events))
        value_by_key[key] = _read_node(reading, value_event, events, location=place)
    return value_by_key


def _read_key(
    reading: _Reading, event: yaml.NodeEvent, events: Iterator[yaml.Event], *, location: Location
) -> str:
    at = position_of(event.start_mark)
    problem_count = len(reading.problems)
    key = _read_node(reading, event, events, location=(*location, "?"))
    if isinstance(key, str):
        return key
    if len(reading.problems) == problem_count:
        shown = f" '{event.value}'" if isinstance(event, yaml.ScalarEvent) and event.value else ""
        reading.report(at, location, f"the key{shown} must be text; write it in quotes")
    # Any text will do, as long as no other key has it: the document is refused anyway.
    return f"?{at.line}:{at.column}"
