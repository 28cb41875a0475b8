"""Places in a statement that was made around somebody's text, as places in that text."""

import re

_TAB = 8
"""BigQuery counts columns as a screen with such tab stops shows them."""
_PLACE = re.compile(r" at \[(?P<line>\d+):(?P<column>\d+)\]")


def column_of(line: str, shown: int) -> int:
    """The column, in characters, that a screen shows at `shown`; both from 1."""
    column, at = 1, 1
    for character in line:
        if at >= shown:
            break
        at = at + _TAB - (at - 1) % _TAB if character == "\t" else at + 1
        column += 1
    return column


def author_place(message: str, *, statement: str, text: str) -> tuple[tuple[int, int] | None, str]:
    """Where in an author's `text` BigQuery's message about a statement is, by line and column, and the message.

    What is around the text is ours: a place in that tells the author nothing, and is None.
    """
    match = _PLACE.search(message)
    said = without_place(message)
    index = statement.find(text) if text else -1
    if match is None or index < 0:
        return None, said
    before, lines = statement[:index].split("\n"), text.split("\n")
    line = int(match["line"]) - len(before) + 1
    if not 1 <= line <= len(lines):
        return None, said
    written = statement.split("\n")[int(match["line"]) - 1]
    column = column_of(written, int(match["column"])) - (len(before[-1]) if line == 1 else 0)
    return ((line, column) if 1 <= column <= len(lines[line - 1]) + 1 else None), said


def without_place(message: str) -> str:
    """The message about a statement that holds nobody's text but ours."""
    return _PLACE.sub("", message, count=1)


def author_message(message: str, *, statement: str, text: str, file: str) -> str:
    """The same in one sentence, where the text is the whole of a file."""
    place, said = author_place(message, statement=statement, text=text)
    return f"{file}:{place[0]}:{place[1]}: {said}" if place else f"{file}: {said}"


def part_message(message: str, *, statement: str, text: str, part: str) -> str:
    """The same in one sentence, where the text is a `part` of a file, such as `its query`."""
    place, said = author_place(message, statement=statement, text=text)
    return f"line {place[0]}, column {place[1]} of {part}: {said}" if place else said
