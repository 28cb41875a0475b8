"""Rows that don't fit are given as such: all rows of a file are there, each once and in their order."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.files.rows import read_written_files
from shared.domain.errors import StepError
from shared.domain.json_lines import JsonLines, RowOrLines
from shared.domain.progress import FileBegun
from shared.domain.row_fit import BrokenRow, RowFit
from tests.unit.adapters.files.written import Written, told
from tests.unit.adapters.files.xlsx.books import written

_COLUMNS = {"cost": {"from": "Net Cost", "type": "NUMERIC"}}
_FIT = RowFit(
    types={"n": "INTEGER", "cost": "NUMERIC"}, required=frozenset({"n"}), only=frozenset({"n", "cost"})
)
_CELLS = st.sampled_from(["", "1", "-7", "1.50", "x", "1;5", "0.1234567891", "two\nlines", '"', "1e2"])
_PIECES = st.sampled_from(
    ["1", "x", ",", '"', '""', "\n", "\r\n", "\n\n", "é", "1,2\n", "3\n", '4,"5\r\n",6\r\n', "x,\n"]
)
_LINES = st.sampled_from(
    ['{"a": 1}', "", " ", "{", "[1]", "1", "null", '{"a": 1, "a": 2}', '{"b": 1.50}', '"\\ud800"', "é", "\r"]
)


def flat(rows: Iterable[RowOrLines]) -> list[RowOrLines]:
    """The rows one by one."""
    told = (each for each in rows if not isinstance(each, FileBegun))
    return [row for each in told for row in (each.rows() if isinstance(each, JsonLines) else [each])]


def _is_number(text: str, *, scale: int) -> bool:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e[0-9])?", text):
        return False
    return Decimal(text) == round(Decimal(text), scale)


def _fits(cells: list[str]) -> bool:
    """As one would say it by hand."""
    return (
        len(cells) == 2
        and _is_number(cells[0], scale=0)
        and (cells[1] == "" or _is_number(cells[1], scale=9))
    )


def _line_of(cells: list[str]) -> str:
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    return ",".join(quoted) + "\n"


_PLAIN = st.lists(
    st.tuples(st.sampled_from(["0", "12", "-7"]), st.sampled_from(["", "1.50", "0.000000001"])).map(list),
    max_size=40,
)


@given(
    rows=st.tuples(_PLAIN, st.lists(st.lists(_CELLS, min_size=1, max_size=3), max_size=30), _PLAIN).map(
        lambda parts: [*parts[0], *parts[1], *parts[2]]
    ),
    is_renamed=st.booleans(),
)
def test_each_row_fits_or_is_set_aside_as_it_was(
    folder: Path, rows: list[list[str]], is_renamed: bool
) -> None:
    header, columns = ("n,Net Cost\n", _COLUMNS) if is_renamed else ("n,cost\n", {})
    file = Written(folder, (header + "".join(map(_line_of, rows))).encode(), "csv", columns=columns)

    begun, *some = read_written_files(file.source, file.found(), fit=_FIT)

    found = flat(some)
    assert begun == FileBegun("some.csv")
    line, expected = 2, []
    for cells in rows:
        expected.append((line, _fits(cells), cells))
        line += _line_of(cells).count("\n")
    assert [isinstance(each, dict) for each in found] == [fits for _, fits, _ in expected]
    aside = [each for each in found if isinstance(each, BrokenRow)]
    assert [(each.line, each.place, _cells(each)) for each in aside] == [
        (line, f"some.csv: line {line}", cells) for line, fits, cells in expected if not fits
    ]
    assert [_values(each) for each in found if isinstance(each, dict)] == [
        [None if cell == "" else Decimal(cell) for cell in cells] for _, fits, cells in expected if fits
    ]


def _cells(row: BrokenRow) -> list[object]:
    """What was read; NULL is written as nothing."""
    if isinstance(row.found, dict):
        return ["" if value is None else value for value in row.found.values()]
    assert isinstance(row.found, list)
    return list(row.found)


def _values(row: Mapping[str, object]) -> list[Decimal | None]:
    return [None if value is None else Decimal(str(value)) for value in (row["n"], row["cost"])]


@given(text=st.lists(_PIECES, max_size=20).map("".join))
def test_csv_without_columns_is_read_as_ever_and_goes_on_where_that_ends(folder: Path, text: str) -> None:
    _require_going_on(Written(folder, f"a,b\n{text}".encode(), "csv"))


@given(text=st.lists(_LINES, max_size=20).map("\n".join), encoding=st.sampled_from(["utf-8", "utf-16"]))
def test_ndjson_is_read_as_ever_and_goes_on_where_that_ends(folder: Path, text: str, encoding: str) -> None:
    _require_going_on(Written(folder, text.encode(encoding), "ndjson", encoding=encoding))


def _require_going_on(file: Written) -> None:
    rows, error = told(read_written_files(file.source, file.found()))
    fitted: list[RowOrLines] = []
    end = None
    try:
        for each in read_written_files(file.source, file.found(), fit=RowFit()):
            fitted += flat([each])
    except StepError as failed:
        end = str(failed)
    before = [row for row in fitted[: len(rows)] if isinstance(row, dict)]
    assert [repr(row) for row in before] == rows

    if error is None or error == end:
        assert len(fitted) == len(rows)
        return
    broken = fitted[len(rows)]
    assert isinstance(broken, BrokenRow)
    assert error == f"{broken.place} {broken.reason}"


def test_what_a_message_says_of_a_row_is_nothing_that_it_holds(folder: Path) -> None:
    body = "\n".join(json.dumps({"n": 1, "Net Cost": value}) for value in ("hunter2", {"hunter2": 1}, True))
    file = Written(folder, body.encode(), "ndjson", columns=_COLUMNS)

    found = [
        each
        for each in read_written_files(file.source, file.found(), fit=_FIT)
        if isinstance(each, BrokenRow)
    ]

    assert len(found) == 3
    assert not any("hunter2" in each.place + each.reason for each in found)


def test_a_line_of_another_encoding_is_set_aside_as_its_bytes(folder: Path) -> None:
    file = Written(folder, b'{"n": 1, "cost": 2}\n' + "[]".encode("utf-16"), "ndjson")

    *_, broken = flat(read_written_files(file.source, file.found(), fit=_FIT))

    assert isinstance(broken, BrokenRow)
    assert (broken.line, broken.reason) == (2, "is not a JSON object; NDJSON has one object a line")


def test_the_name_of_a_field_is_cut_in_a_message(folder: Path) -> None:
    file = Written(folder, json.dumps({"n": 1, "x" * 100_000: 2}).encode(), "ndjson")

    [broken] = flat(read_written_files(file.source, file.found(), fit=_FIT))

    assert isinstance(broken, BrokenRow)
    assert len(broken.reason) < 200


def test_a_row_of_excel_is_told_by_its_sheet(folder: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("May")
        for number, row in enumerate((("n", "Net Cost"), (1, 1.5), (), ("x", 2), (3, None))):
            sheet.write_row(number, 0, row)

    file = Written(folder, written(fill), "xlsx", columns=_COLUMNS)

    found = list(read_written_files(file.source, file.found(), fit=_FIT))

    assert [each for each in found if isinstance(each, dict)] == [
        {"n": 1, "cost": "1.5"},
        {"n": 3, "cost": None},
    ]
    assert [(each.place, each.line) for each in found if isinstance(each, BrokenRow)] == [
        ("some.xlsx: sheet 'May', row 4", 4)
    ]
