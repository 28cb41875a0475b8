"""What a format of numbers shows."""

import pytest

from shared.adapters.files.xlsx.formats import Shown, shown_by_code, shown_by_style


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", Shown.NUMBER),
        ("0.00", Shown.NUMBER),
        ("#,##0.00 [$EUR];[Red]-#,##0.00 [$EUR]", Shown.NUMBER),
        ("0.00E+00", Shown.NUMBER),
        ('0.0 "days"', Shown.NUMBER),
        (r"0\d", Shown.NUMBER),
        ("_-* #,##0.00_d_-", Shown.NUMBER),
        ("[Magenta][>100]0", Shown.NUMBER),
        ("@", Shown.NUMBER),
        ("yyyy-mm-dd", Shown.DAY),
        ("[$-409]d-mmm-yy;@", Shown.DAY),
        ("mmm", Shown.DAY),
        ("mm", Shown.DAY),
        ("yyyy-mm-dd hh:mm:ss", Shown.MOMENT),
        (r"m/d/yy\ h:mm", Shown.MOMENT),
        ("d/m h AM/PM", Shown.MOMENT),
        ("h:mm", Shown.TIME),
        ("mm:ss.0", Shown.TIME),
        ("[h]:mm:ss", Shown.SPAN),
        ("[mm]:ss", Shown.SPAN),
        ("aaa", Shown.DAY),
        ('[=0]"";yyyy-mm-dd', Shown.DAY),
        ("[<1]h:mm;yyyy-mm-dd hh:mm", Shown.TIME),
        ('dd/mm/yyyy;;"";@', Shown.DAY),
        ('0%;[Red]-0%;"day";@" day"', Shown.NUMBER),
        (";;;", Shown.NUMBER),
    ],
)
def test_a_format_says_what_it_shows(code: str, shown: Shown) -> None:
    assert shown_by_code(code) is shown


def test_formats_of_excel_s_own_have_numbers_and_those_of_the_workbook_come_first() -> None:
    found = shown_by_style([0, 2, 14, 20, 22, 46, 165, 27, 999], {165: "yyyy", 27: "0.00"})

    assert list(found.values()) == [
        Shown.NUMBER,
        Shown.NUMBER,
        Shown.DAY,
        Shown.TIME,
        Shown.MOMENT,
        Shown.SPAN,
        Shown.DAY,
        Shown.NUMBER,
        Shown.NUMBER,
    ]
    assert list(found) == [str(style) for style in range(9)]
