"""The rows of one sheet, as they stand in it."""

from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cache
from io import BufferedReader

from shared.adapters.files.xlsx.formats import Shown
from shared.adapters.files.xlsx.parts import PartError, names, read_part
from shared.adapters.files.xlsx.texts import LONGEST_TEXT, SharedTexts, TextParts
from shared.adapters.files.xlsx.values import number_text, time_text, unescaped, written_time_text

_KINDS = {name: name.partition("}")[2] for name in names("row", "c", "v", "f", "is")}
_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)
_DIGITS = "0123456789"
_MOST_COLUMNS = 16_384
"""Of a sheet of Excel ("Excel specifications and limits")."""

SheetRow = tuple[int, list[tuple[int, str]]]
"""The row's number, and its values by the numbers of their columns, in their order; both numbers begin with 1."""


@dataclass(frozen=True)
class Ways:
    """What the rest of the workbook says about its cells."""

    texts: SharedTexts
    shown_by_style: dict[str, Shown]
    is_from_1904: bool = False
    is_to_be_calculated: bool = False


class CellError(PartError):
    """A cell that holds no value: `problem` goes on from the cell's name."""

    def __init__(self, cell: str, problem: str) -> None:
        super().__init__(problem)
        self.cell = cell


def sheet_rows(stream: BufferedReader, ways: Ways) -> Generator[SheetRow, None, None]:
    """The rows that hold a value. Raises PartError, of a cell CellError."""
    cells = _Cells(ways)
    for _ in read_part(stream, start=cells.start, end=cells.end, text=cells.text):
        yield from cells.rows
        cells.rows.clear()


def column_letters(number: int) -> str:
    """`A` of 1, `AA` of 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@cache
def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    if not letters.isalpha() or not letters.isascii() or not letters.isupper() or number > _MOST_COLUMNS:
        raise PartError("names a cell that no sheet has")
    return number


@dataclass(slots=True)
class _Cells:
    """What the parser tells of, made to rows."""

    ways: Ways
    rows: list[SheetRow] = field(default_factory=list)
    number: int = 0
    column: int = 0
    row: list[tuple[int, str]] = field(default_factory=list)
    kind: str = "n"
    style: str = "0"
    has_formula: bool = False
    value: list[str] | None = None
    is_value: bool = False
    inline: TextParts | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        match _KINDS.get(name):
            case "c":
                self._start_cell(attributes)
            case "v":
                self.value, self.is_value = [], True
            case "f":
                self.has_formula = True
            case "row":
                self._start_row(attributes)
            case "is":
                self.inline = TextParts()
            case _ if self.inline is not None:
                self.inline.start(name)

    def end(self, name: str) -> None:
        """An element ends."""
        match _KINDS.get(name):
            case "v":
                self.is_value = False
            case "c":
                value = self._value()
                if value:
                    self.row.append((self.column, value))
            case "row" if self.row:
                self.rows.append((self.number, self.row))
            case _ if self.inline is not None:
                self.inline.end(name)

    def text(self, text: str) -> None:
        """Characters."""
        if self.is_value and self.value is not None:
            self.value.append(text)
            if len(self.value) > 1 and sum(map(len, self.value)) > LONGEST_TEXT:
                raise PartError(f"has a text of more than {LONGEST_TEXT:,} characters")
        elif self.inline is not None:
            self.inline.add(text)

    def _start_row(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r", str(self.number + 1))
        number = int(said) if said.isdecimal() and len(said) < len("10000000") else 0
        if number <= self.number:
            raise PartError("has rows that are not in their order")
        self.number, self.row, self.column = number, [], 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = _column_number(reference.rstrip(_DIGITS)) if reference else self.column + 1
        if column <= self.column:
            raise PartError("has cells that are not in their order")
        self.column, self.kind, self.style = column, attributes.get("t", "n"), attributes.get("s", "0")
        self.has_formula, self.value, self.is_value, self.inline = False, None, False, None

    def _value(self) -> str:
        """The cell's text; an empty one of a cell that holds nothing."""
        text = "".join(self.value) if self.value else ""
        if self.has_formula:
            self._require_result(text)
        try:
            match self.kind:
                case "n" if text:
                    shown = self._shown()
                    if shown is Shown.NUMBER:
                        return number_text(text)
                    return time_text(text, shown, is_from_1904=self.ways.is_from_1904)
                case "n":
                    return ""
                case "s":
                    return self._shared_text(text) if text else ""
                case "str":
                    return unescaped(text)
                case "inlineStr":
                    return self.inline.take() if self.inline else unescaped(text)
                case "b":
                    return {"1": "true", "0": "false", "true": "true", "false": "false"}[text] if text else ""
                case "d":
                    return written_time_text(text, self._shown()) if text else ""
                case "e":
                    raise ValueError(f"holds the error {text}" if text in _ERRORS else "holds an error")
                case _:
                    raise ValueError("is of a kind that is not known")
        except KeyError:
            raise self._problem("is damaged") from None
        except ValueError as error:
            raise self._problem(str(error)) from None

    def _require_result(self, text: str) -> None:
        if self.ways.is_to_be_calculated or (not text and self.kind != "str") or self.value is None:
            raise self._problem(
                "holds a formula whose result the file doesn't have; open the file in Excel and save it"
            )

    def _shown(self) -> Shown:
        return self.ways.shown_by_style[self.style]

    def _shared_text(self, number: str) -> str:
        texts = self.ways.texts
        index = int(number) if number.isdecimal() and len(number) <= len(str(len(texts))) else len(texts)
        if index >= len(texts):
            raise KeyError
        return texts[index]

    def _problem(self, problem: str) -> CellError:
        return CellError(f"{column_letters(self.column)}{self.number}", problem)
