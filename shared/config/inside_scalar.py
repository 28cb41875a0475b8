"""Places inside a text that a YAML document holds, as places in the file."""

from shared.config.document import Document, Location
from shared.config.position import Position, Scalar


def place_within(document: Document, location: Location, inside: Position) -> Position | None:
    """Where in the file a character of the text at `location` is; None where a fold or an escape hides that."""
    scalar, value = document.scalars.get(location), value_at(document, location)
    if scalar is None or not isinstance(value, str):
        return None
    value_lines, file_lines = value.split("\n"), document.text.split("\n")
    if not 1 <= inside.line <= len(value_lines):
        return None
    if scalar.style == "|":
        number = scalar.start.line + inside.line
        said = value_lines[inside.line - 1]
        written = file_lines[number - 1].rstrip("\r") if number <= len(file_lines) else ""
        indent = len(written) - len(said)
        return Position(number, indent + inside.column) if written.endswith(said) else None
    if scalar.style == ">" or scalar.start.line != scalar.end.line:
        return None
    written = file_lines[scalar.start.line - 1][scalar.start.column - 1 : scalar.end.column - 1]
    offset = _offset(written, inside.column - 1, scalar)
    return Position(scalar.start.line, scalar.start.column + offset)


def _offset(written: str, characters: int, scalar: Scalar) -> int:
    """How many characters of the file stand before one of the text, quotes and escapes counted."""
    if not scalar.style:
        return characters
    index = 1
    for _ in range(characters):
        is_escape = written.startswith("\\" if scalar.style == '"' else "''", index)
        index += 2 if is_escape else 1
    return index


def value_at(document: Document, location: Location) -> object:
    """What the document says there; None where it says nothing."""
    value = document.value
    for part in location:
        match value, part:
            case dict(), str():
                value = value.get(part)
            case list(), int():
                value = value[part] if part < len(value) else None
            case _:
                return None
    return value
