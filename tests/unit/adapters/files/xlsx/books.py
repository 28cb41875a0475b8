"""Workbooks: written by a program that many use, and of parts said one by one."""

import io
import zipfile
from collections.abc import Callable, Mapping

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'


def written(
    fill: Callable[[xlsxwriter.Workbook], None], *, is_calculated: bool = True, **options: bool
) -> bytes:
    """What XlsxWriter makes of it. What is not `is_calculated` asks for results of formulas, as it does usually."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as book:
        if is_calculated:
            book.set_calc_mode("manual")
        fill(book)
    return file.getvalue()


def of_rows(rows: str, *, parts: Mapping[str, str] | None = None, main: str = MAIN) -> bytes:
    """A workbook of one sheet, `May`, with these rows below a header of `a` and `b`; `parts` take others' place."""
    said = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="May" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("sharedStrings", "/xl/strings.xml"),
            ("styles", "styles.xml"),
        ),
        "xl/strings.xml": f'<sst xmlns="{main}"><si><t>shared</t></si></sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{HEADER}{rows}</sheetData></worksheet>',
        **(parts or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in said.items():
            if text:
                archive.writestr(name, text)
    return file.getvalue()


def relations(*targets: tuple[str, str]) -> str:
    """The part that names others: what each is, and where."""
    told = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{told}</Relationships>'
