"""Places in a text."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, order=True)
class Position:
    """A place in a text; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Scalar:
    """From where to where a value stands; `style` is its quote, `|` or `>`, or empty."""

    start: Position
    end: Position
    style: str


class Mark(Protocol):
    """A place as the parser gives it, counting from 0."""

    line: int
    column: int


def position_of(mark: Mark | None) -> Position:
    """The place that the parser means; the beginning, where it means none."""
    return Position(1, 1) if mark is None else Position(mark.line + 1, mark.column + 1)


def position_of_index(text: str, index: int) -> Position:
    """The place of the character at `index`."""
    before = text[:index]
    return Position(before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)
