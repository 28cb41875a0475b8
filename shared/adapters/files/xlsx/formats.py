"""What a number means by the format in which a cell shows it: a number, a day, a time."""

import re
from collections.abc import Iterable, Mapping
from enum import Enum


class Shown(Enum):
    """What is to be seen in a cell that holds a number."""

    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    TIME = "time"
    SPAN = "span"


_BUILT_IN = {
    # ECMA-376, part 1, section 18.8.30; those of East Asia too, where 27 to 36 and 50 to 58 are days.
    **dict.fromkeys([*range(14, 18), *range(27, 32), 36, *range(50, 59)], Shown.DAY),
    **dict.fromkeys([*range(18, 22), *range(32, 36), 45, 47], Shown.TIME),
    22: Shown.MOMENT,
    46: Shown.SPAN,
}
_NO_CODE = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]|General|E[+-]', re.IGNORECASE)
"""What stands for itself in a format, is a colour, a condition, a currency, or an exponent."""
_SPAN = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_OF_DAYS = re.compile(r"[ydegb]|m{3}|a{3}", re.IGNORECASE)
"""`aaa` are days of the week in Japanese."""
_OF_TIMES = re.compile(r"[hs]|am/pm|a/p", re.IGNORECASE)
_MONTH_OR_MINUTE = re.compile("m", re.IGNORECASE)


def shown_by_code(code: str) -> Shown:
    """Of a format as workbooks say it, such as `yyyy-mm-dd`.

    That is the first of its parts that shows a day or a time: one before it may be for zero, as in `[=0]"";yyyy-mm-dd`.
    """
    parts = map(_shown_by_part, _NO_CODE.sub("", code).split(";"))
    return next((shown for shown in parts if shown is not Shown.NUMBER), Shown.NUMBER)


def _shown_by_part(codes: str) -> Shown:
    if _SPAN.search(codes):
        return Shown.SPAN
    has_time = _OF_TIMES.search(codes) is not None
    has_day = _OF_DAYS.search(codes) is not None or (
        not has_time and _MONTH_OR_MINUTE.search(codes) is not None
    )
    if has_day:
        return Shown.MOMENT if has_time else Shown.DAY
    return Shown.TIME if has_time else Shown.NUMBER


def shown_by_style(format_ids: Iterable[int], codes: Mapping[int, str]) -> dict[str, Shown]:
    """Of each style, from 0, by the id of its format; `codes` are those of the workbook's own formats."""
    return {
        str(style): shown_by_code(codes[number]) if number in codes else _BUILT_IN.get(number, Shown.NUMBER)
        for style, number in enumerate(format_ids)
    }
