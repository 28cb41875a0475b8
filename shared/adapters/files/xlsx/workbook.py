"""A workbook of Excel: a zip archive whose parts name each other (ECMA-376, parts 1 and 2)."""

import posixpath
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from typing import TypeVar
from urllib.parse import unquote
from zipfile import ZipFile

from shared.adapters.files.problems import shown_name, unreadable
from shared.adapters.files.xlsx.formats import Shown, shown_by_style
from shared.adapters.files.xlsx.parts import PartError, is_on, names, read_whole_part, relation_id
from shared.adapters.files.xlsx.sheet import CellError, SheetRow, Ways, sheet_rows
from shared.adapters.files.xlsx.texts import SharedTexts, read_shared_texts
from shared.adapters.files.zip_members import opened_archive, opened_member
from shared.domain.errors import StepError
from shared.domain.message import did_you_mean, listed, nearest

_RELATION, _SHEET, _PROPERTIES, _CALCULATION = (
    names(each) for each in ("Relationship", "sheet", "workbookPr", "calcPr")
)
_FORMAT, _STYLES, _STYLE = names("numFmt"), names("cellXfs"), names("xf")
_Read = TypeVar("_Read")
_ROOT = ""
_MOST_STYLES = 65_536
"""Of a workbook ("Excel specifications and limits": 65,490)."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of rows, where its part is, and whether Excel shows it."""

    name: str
    part: str
    is_hidden: bool


@dataclass
class _Book:
    """What the workbook's own part says."""

    sheets: list[Sheet] = field(default_factory=list)
    is_from_1904: bool = False
    is_to_be_calculated: bool = False


@dataclass(frozen=True)
class _Relation:
    kind: str
    target: str


class Workbook:
    """An opened workbook; `name` is what it is called in messages."""

    def __init__(self, archive: ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        # Names of parts are the same in whatever case.
        self._members = {member.filename.lower(): member for member in archive.infolist()}
        if len(self._members) < len(archive.infolist()):
            raise StepError(f"{name} holds a part twice, so that nobody can tell which one counts")
        main = next((each for each in self._relations(_ROOT).values() if each.kind == "officeDocument"), None)
        if main is None:
            raise StepError(f"{name} is a document of an office program, but no workbook of Excel")
        if main.target.lower().endswith(".bin"):
            raise StepError(f"{name} is a binary workbook (.xlsb), which is not read; save it as .xlsx")
        self._related = self._relations(main.target)
        self._book = self._read_book(main.target)

    def sheet(self, wanted: str | None) -> Sheet:
        """The sheet of that name; without one, the first that is not hidden. Raises StepError."""
        sheets = self._book.sheets
        if wanted is None:
            first = next((sheet for sheet in sheets if not sheet.is_hidden), None)
            if first is None:
                raise StepError(
                    f"{self._name} has no sheet of rows that is not hidden; name one with 'sheet'"
                )
            return first
        found = next((sheet for sheet in sheets if sheet.name == wanted), None)
        if found is None:
            known = [sheet.name for sheet in sheets]
            raise StepError(
                f"{self._name} has no sheet '{wanted}'; there are {listed([repr(shown_name(each)) for each in known])}"
                f"{did_you_mean(nearest(wanted, known))}"
            )
        return found

    def rows(self, sheet: Sheet) -> Generator[SheetRow, None, None]:
        """The rows of the sheet that hold a value. Raises StepError, which names sheet and cell."""
        where = place_of_sheet(self._name, sheet)
        texts = self._part_of_kind("sharedStrings", read_shared_texts)
        shown = self._part_of_kind("styles", _read_styles)
        ways = Ways(
            texts=texts or SharedTexts(),
            shown_by_style=shown or {"0": Shown.NUMBER},
            is_from_1904=self._book.is_from_1904,
            is_to_be_calculated=self._book.is_to_be_calculated,
        )
        with _told(where), self._opened(sheet.part) as stream, closing(sheet_rows(stream, ways)) as rows:
            yield from rows

    def _part_of_kind(self, kind: str, read: Callable[[BufferedReader], _Read]) -> _Read | None:
        relation = next((each for each in self._related.values() if each.kind == kind), None)
        if relation is None:
            return None
        with _told(f"{self._name}/{shown_name(relation.target)}"), self._opened(relation.target) as stream:
            return read(stream)

    def _read_book(self, part: str) -> _Book:
        book = _Book()

        def start(name: str, attributes: dict[str, str]) -> None:
            if name in _SHEET:
                relation = self._related.get(relation_id(attributes) or "")
                # Charts and dialogs are sheets of no rows.
                if relation is not None and relation.kind == "worksheet":
                    is_hidden = attributes.get("state", "visible") != "visible"
                    book.sheets.append(Sheet(attributes.get("name", ""), relation.target, is_hidden))
            elif name in _PROPERTIES:
                book.is_from_1904 = is_on(attributes, "date1904")
            elif name in _CALCULATION:
                book.is_to_be_calculated = is_on(attributes, "fullCalcOnLoad")

        self._read(part, start)
        return book

    def _relations(self, part: str) -> dict[str, _Relation]:
        """What the part names, by the ids that it uses."""
        folder, base = posixpath.split(part)
        relations: dict[str, _Relation] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name in _RELATION and attributes.get("TargetMode") != "External":
                target = posixpath.join("/", folder, unquote(attributes.get("Target", "")))
                relations[attributes.get("Id", "")] = _Relation(
                    attributes.get("Type", "").rpartition("/")[2], posixpath.normpath(target).lstrip("/")
                )

        self._read(posixpath.join(folder, "_rels", f"{base}.rels"), start)
        return relations

    def _read(self, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
        with _told(f"{self._name}/{shown_name(part)}"), self._opened(part) as stream:
            read_whole_part(stream, start=start)

    @contextmanager
    def _opened(self, part: str) -> Iterator[BufferedReader]:
        member = self._members.get(part.lower())
        if member is None:
            raise unreadable(self._name, f"its part {shown_name(part)} is missing")
        with opened_member(self._archive, member, f"{self._name}/{shown_name(part)}") as stream:
            yield stream


@contextmanager
def opened_workbook(file: BufferedReader, name: str) -> Iterator[Workbook]:
    """The workbook. Raises StepError for what is none."""
    with opened_archive(file, name) as archive:
        yield Workbook(archive, name)


def place_of_sheet(name: str, sheet: Sheet) -> str:
    """`costs.xlsx: sheet 'May'`."""
    return f"{name}: sheet '{shown_name(sheet.name)}'"


@contextmanager
def _told(where: str) -> Iterator[None]:
    try:
        yield
    except CellError as error:
        raise StepError(f"{where}, cell {error.cell} {error.problem}") from error
    except PartError as error:
        raise StepError(f"{where} {error.problem}") from error


def _read_styles(stream: BufferedReader) -> dict[str, Shown]:
    """How each style shows numbers, by its number."""
    codes: dict[int, str] = {}
    format_ids: list[int] = []
    is_inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal is_inside
        said = attributes.get("numFmtId", "0")
        number = int(said) if said.isdecimal() and len(said) < len("10000000000") else 0
        if name in _FORMAT:
            codes[number] = attributes.get("formatCode", "")
        elif name in _STYLES:
            is_inside = True
        elif name in _STYLE and is_inside:
            format_ids.append(number)
        if max(len(codes), len(format_ids)) > _MOST_STYLES:
            raise PartError(f"has more than {_MOST_STYLES:,} formats")

    def end(name: str) -> None:
        nonlocal is_inside
        is_inside = is_inside and name not in _STYLES

    read_whole_part(stream, start=start, end=end)
    return shown_by_style(format_ids, codes)
