"""The text of a cell's value: what a person who compares with the sheet would write down."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from shared.adapters.files.xlsx.formats import Shown

_NUMBER = re.compile(r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,400}")
_PLAIN = re.compile(r"-?(0\.[0-9]{0,13}[1-9]|(?=[0-9.]{3,16}$)[1-9][0-9]*\.[0-9]*[1-9])")
"""Most numbers with a point: of fifteen digits at most, and written as they will be."""
_EXACT_WHOLE = 2**53
_MS_A_DAY = 86_400_000
_LEAP_DAY_1900 = 60
_LAST_DAY = 2_958_465
"""31 December 9999."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_HALVES = range(0xD800, 0xE000)


def number_text(text: str) -> str:
    """The number without an exponent: a whole one with all its digits, others with the 15 that Excel shows.

    Raises ValueError for what is no number.
    """
    if _WHOLE.fullmatch(text) or _PLAIN.fullmatch(text):
        return text
    if not _NUMBER.fullmatch(text):
        raise ValueError("holds no number")
    number = float(text)
    if abs(number) == float("inf"):
        raise ValueError("holds a number that Excel has not")
    if number.is_integer() and abs(number) < _EXACT_WHOLE:
        return str(int(number))
    if number.is_integer() and (whole := Decimal(text)) == int(whole):
        return str(int(whole))
    return f"{Decimal(f'{number:.15g}'):f}"


def time_text(text: str, shown: Shown, *, is_from_1904: bool) -> str:
    """The day, the time of the day or both, of a number of days: `2025-05-01`, `10:30:00`, `2025-05-01T10:30:00`.

    A day that hides a time shows it, and a time that hides a day shows that. Raises ValueError for a day that no
    calendar has.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError("holds no number")
    days = float(text)
    if not 0 <= days < _LAST_DAY + 1:
        raise ValueError("is shown as a day, which its number is not")
    passed_ms = round(days * _MS_A_DAY)
    if shown is Shown.SPAN:
        return _span(passed_ms)
    whole, in_day_ms = divmod(passed_ms, _MS_A_DAY)
    of_day = _of_day(in_day_ms)
    if shown is Shown.TIME and whole == 0:
        return _time(of_day)
    day = _day(whole, is_from_1904=is_from_1904)
    return day.isoformat() if shown is Shown.DAY and in_day_ms == 0 else f"{day.isoformat()}T{_time(of_day)}"


def written_time_text(text: str, shown: Shown) -> str:
    """As `time_text`, of a time that the file says in letters (ISO 8601). Raises ValueError for what is none."""
    try:
        if "T" not in text and ":" in text:
            return _time(time.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("holds no time") from None
    if moment.tzinfo is not None:
        raise ValueError("holds a time with a zone, which Excel has not")
    if moment.time() == time.min and ("T" not in text or shown is Shown.DAY):
        return moment.date().isoformat()
    return f"{moment.date().isoformat()}T{_time(moment.time())}"


def unescaped(text: str) -> str:
    """The text, with the characters that XML can't hold (ECMA-376, part 1, section 22.9.2.19)."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code in _HALVES else chr(code)


def _day(number: int, *, is_from_1904: bool) -> date:
    if is_from_1904:
        first = date(1904, 1, 1)
    elif number == _LEAP_DAY_1900:
        # Excel's calendar has it, as the one of Lotus 1-2-3 had.
        raise ValueError("is shown as 29 February 1900, which no calendar has")
    elif number == 0:
        raise ValueError("is shown as day 0 of January 1900, which no calendar has")
    else:
        first = date(1899, 12, 30) if number > _LEAP_DAY_1900 else date(1899, 12, 31)
    try:
        return first + timedelta(days=number)
    except OverflowError:
        raise ValueError("is shown as a day, which its number is not") from None


def _of_day(ms: int) -> time:
    seconds, rest = divmod(ms, 1_000)
    return time(seconds // 3_600, seconds // 60 % 60, seconds % 60, rest * 1_000)


def _time(of_day: time) -> str:
    return of_day.isoformat(timespec="milliseconds" if of_day.microsecond else "seconds")


def _span(passed_ms: int) -> str:
    seconds, ms = divmod(passed_ms, 1_000)
    text = f"{seconds // 3_600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{ms:03}" if ms else text
