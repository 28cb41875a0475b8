"""Workbooks as other programs may write them, and such as nobody should."""

import pytest
import xlsxwriter

from shared.domain.errors import StepError
from tests.unit.adapters.conftest import Put, Read
from tests.unit.adapters.files.xlsx.books import HEADER, MAIN, of_rows, relations, written

SHEET = "xl/worksheets/sheet1.xml"
RICH = (
    '<row r="2"><c r="A2" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r>'
    "<rPh><t>spoken</t></rPh></is></c></row>"
)
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def sheet(inside: str) -> dict[str, str]:
    return {SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData></worksheet>'}


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ('<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>0</v></c></row>', ("1", "shared")),
        ('<row><c><v>1</v></c><c t="str"><f>A2</f><v></v></c></row>', ("1", None)),
        ('<row r="9"><c r="B9" s="1"><v>45778</v></c></row>', (None, "2025-05-01")),
        ('<row r="2"><c r="A2" t="d"><v>2025-05-01</v></c><c r="B2" t="b"><v>0</v></c></row>', ("2025-05-01", "false")),
        (RICH, ("a b", None)),
        ('<row r="2"><c r="A2" t="str"><v>&lt;_x000D_&#10;</v></c></row>', ("<\r\n", None)),
    ],
)  # fmt: skip
def test_cells_are_read_as_the_format_says(
    read: Read, put: Put, row: str, values: tuple[str | None, ...]
) -> None:
    put("book.xlsx", of_rows(row))
    put("strict.xlsx", of_rows(row, main=STRICT))

    expected = [dict(zip("ab", values, strict=True))]
    assert read("files/book.xlsx", "xlsx") == expected
    assert read("files/strict.xlsx", "xlsx") == expected


def test_prefixes_other_names_and_parts_that_are_not_there_are_no_matter(read: Read, put: Put) -> None:
    prefixed = (
        f'<?xml version="1.0" encoding="UTF-16"?><x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1">'
        '<x:c r="A1" t="str"><x:v>a</x:v></x:c></x:row><x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    body = of_rows(
        "", parts={SHEET: "", "XL/Worksheets/Sheet1.xml": prefixed.replace('encoding="UTF-16"', "")}
    )

    put("book.xlsx", body)

    assert read("files/book.xlsx", "xlsx") == [{"a": "1"}]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ('<row r="2"><c r="B2" t="e"><v>#REF!</v></c></row>', ", cell B2 holds the error #REF!"),
        ('<row r="2"><c r="B2" t="e"><v>hunter2</v></c></row>', ", cell B2 holds an error"),
        *(
            (
                f'<row r="5"><c r="AA5" {kind}><f>SUM(A1:A2)</f>{value}</c></row>',
                ", cell AA5 holds a formula whose result the file doesn't have; open the file in Excel and save it",
            )
            for kind, value in (("", ""), ("", "<v></v>"), ('t="n"', "<v/>"), ('t="str"', ""))
        ),
        ('<row r="2"><c r="A2"><v>hunter2</v></c></row>', ", cell A2 holds no number"),
        ('<row r="2"><c r="A2" t="s"><v>1</v></c></row>', ", cell A2 is damaged"),
        ('<row r="2"><c r="A2" t="s"><v>-1</v></c></row>', ", cell A2 is damaged"),
        ('<row r="2"><c r="A2" s="7"><v>1</v></c></row>', ", cell A2 is damaged"),
        ('<row r="2"><c r="A2" t="b"><v>2</v></c></row>', ", cell A2 is damaged"),
        ('<row r="2"><c r="A2" t="x"><v>2</v></c></row>', ", cell A2 is of a kind that is not known"),
        ('<row r="2"><c r="A2" s="1"><v>60</v></c></row>',
         ", cell A2 is shown as 29 February 1900, which no calendar has"),
        ('<row r="2"><c r="C2"><v>7</v></c></row>',
         ", cell C2 has a value, but column C has no name; the first row that is not empty is the header"),
        ('<row r="2"/><row r="2"/>', " has rows that are not in their order"),
        ('<row r="2"><c r="B2"/><c r="A2"/></row>', " has cells that are not in their order"),
        ('<row r="2"><c r="A2"/><c r="A2"/></row>', " has cells that are not in their order"),
        ('<row r="2"><c r="XFE2"/></row>', " names a cell that no sheet has"),
        ('<row r="2"><c r="a2"/></row>', " names a cell that no sheet has"),
        ("<row>", " is no XML, or is cut off"),
        (f'<row r="2"><c r="A2" x="{"hunter2" * 300_000}"/></row>',
         " has a tag that is longer than any that Excel writes"),
        (f'<row r="2"><c r="A2" t="str"><v>{"hunter2" * 1_500_000}</v></c></row>',
         " has a text of more than 10,000,000 characters"),
    ],
)  # fmt: skip
def test_a_cell_without_a_value_to_be_sure_of_is_told(read: Read, put: Put, rows: str, problem: str) -> None:
    put("book.xlsx", of_rows(rows))

    with pytest.raises(StepError) as failed:
        read("files/book.xlsx", "xlsx")

    assert str(failed.value) == f"files/book.xlsx: sheet 'May'{problem}"


def test_results_of_formulas_are_not_trusted_where_excel_is_told_to_calculate_them(
    read: Read, put: Put
) -> None:
    # As XlsxWriter writes them, with 0 for what it doesn't know.
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("May").write_column("A1", ["a", 3, "=A2*2"])

    put("book.xlsx", written(fill, is_calculated=False))

    with pytest.raises(
        StepError, match="sheet 'May', cell A3 holds a formula whose result the file doesn't have"
    ):
        read("files/book.xlsx", "xlsx")


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"_rels/.rels": ""}, " can't be read: its part _rels/.rels is missing"),
        ({"xl/strings.xml": ""}, " can't be read: its part xl/strings.xml is missing"),
        (
            {"_rels/.rels": "<Relationships/>"},
            " is a document of an office program, but no workbook of Excel",
        ),
        ({"_rels/.rels": "<x"}, "/_rels/.rels is no XML, or is cut off"),
        ({"XL/strings.xml": "<x/>"}, " holds a part twice, so that nobody can tell which one counts"),
        (
            {"xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets/></workbook>'},
            " has no sheet of rows that is not hidden; name one with 'sheet'",
        ),
        (
            {"xl/strings.xml": '<!DOCTYPE x [<!ENTITY a "hunter2">]><x>&a;</x>'},
            "/xl/strings.xml declares entities, which no workbook does",
        ),
        (
            sheet(HEADER.replace(">b<", ">a<")),
            ": sheet 'May': the header has 'a' twice",
        ),
    ],
)
def test_parts_that_are_not_as_they_should_be_are_told(
    read: Read, put: Put, parts: dict[str, str], problem: str
) -> None:
    put("book.xlsx", of_rows("", parts=parts))

    with pytest.raises(StepError) as failed:
        read("files/book.xlsx", "xlsx")

    assert str(failed.value) == f"files/book.xlsx{problem}"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "has no bytes, so it is cut off: a workbook without rows has some"),
        (b"a,b\n1,2\n", "is no workbook of Excel (.xlsx)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99,
            "is an old workbook (.xls), or is encrypted; save it as .xlsx without a password",
        ),
        (of_rows("")[:-40], "can't be read: it is damaged or cut off"),
        (
            of_rows("", parts={"_rels/.rels": relations(("officeDocument", "/xl/workbook.bin"))}),
            "is a binary workbook (.xlsb), which is not read; save it as .xlsx",
        ),
    ],
)
def test_files_that_are_no_workbooks_are_told(read: Read, put: Put, body: bytes, problem: str) -> None:
    put("book.xlsx", body)

    with pytest.raises(StepError) as failed:
        read("files/book.xlsx", "xlsx")

    assert str(failed.value) == f"files/book.xlsx {problem}"


@pytest.mark.slow
def test_damage_anywhere_ends_in_a_sentence_and_never_in_other_rows(read: Read, put: Put) -> None:
    whole = of_rows('<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>0</v></c></row>')
    found, refused = [], 0
    for at in range(0, len(whole), 5):
        put("x.xlsx", whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        try:
            found.append(read("files/x.xlsx", "xlsx"))
        except StepError:
            refused += 1

    assert refused > 100
    assert [rows for rows in found if rows != [{"a": "1", "b": "shared"}]] == []
