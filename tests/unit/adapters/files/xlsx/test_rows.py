"""Rows of workbooks as a program for spreadsheets writes them."""

import gzip
import io
import tracemalloc
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter
from pydantic import JsonValue

from shared.adapters.files.rows import read_files
from shared.domain.errors import StepError
from tests.unit.adapters.conftest import Put, Read
from tests.unit.adapters.files.written import Written
from tests.unit.adapters.files.xlsx.books import written


def costs(book: xlsxwriter.Workbook) -> None:
    """Values of all kinds below a header that neither begins in column A nor in row 1."""
    sheet = book.add_worksheet("Costs")
    formats = {
        code: book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "d/m/yy h:mm", "[h]:mm")
    }
    sheet.write_row("B3", ["Day", "At", "Hours", "Service", "Net amount", "Account", "Paid", 2025])
    sheet.write_datetime("B4", date(2025, 5, 1), formats["yyyy-mm-dd"])
    sheet.write_datetime("C4", datetime(2025, 5, 1, 10, 20), formats["d/m/yy h:mm"])  # noqa: DTZ001
    sheet.write_datetime("D4", time(1, 30), formats["[h]:mm"])
    sheet.write_rich_string("E4", "com", book.add_format({"bold": True}), "pute\n<ü>")
    sheet.write_formula("F4", "=0.1+0.2", None, 0.1 + 0.2)
    sheet.write_number("G4", 123456789012)
    sheet.write_boolean("H4", True)
    sheet.write_blank("C6", None, formats["d/m/yy h:mm"])
    sheet.write_row("F7", [12.34, "0042"])
    sheet.merge_range("E7:E8", "storage")
    sheet.write("I8", "n/a")
    sheet.set_row(6, None, None, {"hidden": True})
    sheet.autofilter("B3:I8")


DAY: dict[str, JsonValue] = {
    "Day": "2025-05-01",
    "At": "2025-05-01T10:20:00",
    "Hours": "1:30:00",
    "Service": "compute\n<ü>",
    "Net amount": "0.3",
    "Account": "123456789012",
    "Paid": "true",
    "2025": None,
}
NONE: dict[str, JsonValue] = dict.fromkeys(DAY)
ROWS = [
    DAY,
    {**NONE, "Service": "storage", "Net amount": "12.34", "Account": "0042"},
    {**NONE, "2025": "n/a"},
]


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}, {"date_1904": True}])
def test_values_are_those_of_the_sheet(read: Read, put: Put, options: dict[str, bool]) -> None:
    put("costs.xlsx", written(costs, **options))

    assert read("files/costs.xlsx", "xlsx") == ROWS


def test_rows_and_lines_are_the_same(tmp_path: Path) -> None:
    rows, problem = Written(tmp_path, written(costs), "xlsx", null_values=["n/a"]).require_same()

    assert rows == [repr(row) for row in (*ROWS[:2], NONE)]
    assert problem is None


def test_the_first_sheet_that_is_not_hidden_is_read_unless_another_is_named(read: Read, put: Put) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("Notes", "März", "Totals"):
            book.add_worksheet(name).write_column("A1", ["sheet", name])
        book.add_chartsheet("Chart")
        book.get_worksheet_by_name("Notes").hide()
        book.get_worksheet_by_name("März").set_first_sheet()
        book.get_worksheet_by_name("März").activate()

    put("book.xlsx", written(fill))

    assert read("files/book.xlsx", "xlsx") == [{"sheet": "März"}]
    assert read("files/book.xlsx", "xlsx", sheet="Notes") == [{"sheet": "Notes"}]
    with pytest.raises(StepError) as failed:
        read("files/book.xlsx", "xlsx", sheet="Total")
    assert str(failed.value) == (
        "files/book.xlsx has no sheet 'Total'; there are 'Notes', 'März', 'Totals'. Did you mean 'Totals'?"
    )


def test_workbooks_may_be_packed(read: Read, put: Put) -> None:
    body = written(costs)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.xlsx", body)
        archive.writestr("2.xlsx", body)
    put("a.xlsx.gz", gzip.compress(body))
    put("b.zip", packed.getvalue())

    assert read("files/a.xlsx.gz", "xlsx") == ROWS
    assert read("files/b.zip", "xlsx") == ROWS * 2


def test_what_is_wrong_is_told_by_sheet_and_row(read: Read, put: Put) -> None:
    put("costs.xlsx", written(costs))
    columns = {"account": {"from": "Account", "type": "INTEGER"}, "note": {"from": "2025", "type": "NUMERIC"}}

    with pytest.raises(StepError) as failed:
        read("files/costs.xlsx", "xlsx", columns=columns)

    assert str(failed.value) == (
        "files/costs.xlsx: sheet 'Costs', row 8: '2025', to be 'note', must be NUMERIC, but is no number"
    )


def test_a_sheet_without_rows_is_read_with_success(read: Read, put: Put) -> None:
    put("none.xlsx", written(lambda book: book.add_worksheet().write_blank("A1", None, book.add_format())))
    put("header.xlsx", written(lambda book: book.add_worksheet().write_row("A1", ["a", "b"])))

    assert read("files/none.xlsx", "xlsx") == []
    assert read("files/header.xlsx", "xlsx") == []


@pytest.mark.slow
def test_rows_are_not_held(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for number in range(8_000):
            sheet.write_row(number, 0, ["service", number, 0.5])

    book = Written(tmp_path, written(fill, constant_memory=True), "xlsx")
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_files(book.source, book.found()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    # Held, they would take more than two megabytes.
    assert (count, peak < 1_200_000) == (7_999, True)
