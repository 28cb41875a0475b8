"""Dates and times as text and back, in the formats that DuckDB reads as Google does."""

from __future__ import annotations

import re
from typing import Any

from local.bigquery.functions.moments import civil, in_sight, moment, zone
from local.bigquery.functions.spelling import bound, braced
from local.bigquery.translate.call import EVALUATOR, Call

_ELEMENT = re.compile(r"%(E\dS|.)|([^%]+)", re.DOTALL)
_OF_DATES = {
    **{letter: f"%{letter}" for letter in "YmdybBaAj%"},
    "F": "%Y-%m-%d",
}
_OF_TIMES = {
    **{letter: f"%{letter}" for letter in "HMSIp%"},
    "T": "%H:%M:%S",
    "R": "%H:%M",
    "E3S": "%S.%g",
    "E6S": "%S.%f",
}
_FORMATTED = {
    "DATE": _OF_DATES,
    "TIME": _OF_TIMES,
    "DATETIME": {**_OF_DATES, **_OF_TIMES},
    "TIMESTAMP": {**_OF_DATES, **_OF_TIMES},
}
# What a text must be in order that both read the same.
_PARSED = {
    "Y": (4, "[0-9]{4}"),
    "m": (2, "[01][0-9]"),
    "d": (2, "[0-3][0-9]"),
    "H": (2, "[012][0-9]"),
    "M": (2, "[0-5][0-9]"),
    "S": (2, "[0-5][0-9]"),
}
# %F is not read by Google.
_SHORT = {"T": "%H:%M:%S", "R": "%H:%M"}
_BETWEEN = re.compile(r"[-/:.TZ_ ]*")
# DuckDB's form of what is there.
_FORMS = {
    "Ymd": "%Y-%m-%d",
    "YmdH": "%Y-%m-%d %H:00",
    "YmdHM": "%Y-%m-%d %H:%M",
    "YmdHMS": "%Y-%m-%d %H:%M:%S",
}


def _elements(text: str) -> list[tuple[str, str]]:
    return [(match[1] or "", match[2] or "") for match in _ELEMENT.finditer(text)]


def _written(call: Call) -> str | None:
    if not call.is_literal(0):
        return None
    text: str | None = call.value(0)
    return None if text is None or text.endswith("%") or "{" in text or "\x00" in text else text


def _format(call: Call) -> str | None:
    kind, text, name = call.kind(1), _written(call), zone(call, 2)
    if text is None or name is None or (len(call) > 2 and kind != "TIMESTAMP") or kind not in _FORMATTED:
        return None
    known = _FORMATTED[kind]
    parts = [known.get(element, "") if element else plain for element, plain in _elements(text)]
    if "" in parts:
        return None
    form = "".join(parts).replace("'", "''")
    local = {"TIMESTAMP": civil("{0}", name), "TIME": "(DATE '2000-01-01' + {0})"}.get(kind, "{0}")
    spelled = f"strftime({local}, '{form}')"
    zoned = f", '{name}'" if len(call) > 2 else ""
    if "%Y" in form:
        # Google writes as few digits as a year has.
        body = f"CASE WHEN year({local}) < 1000 THEN {EVALUATOR}({call[0]}, {{0}}{zoned}) ELSE {spelled} END"
    else:
        body = spelled
    if zoned:
        body = in_sight(name, body).replace(
            f"{EVALUATOR}({{0}}, '{name}')", f"{EVALUATOR}({call[0]}, {{0}}{zoned})"
        )
    return bound([call[1]], body)


def _pattern(text: str) -> tuple[str, str] | None:
    """The regular expression of texts in the format, and SQL that brings one into DuckDB's form."""
    for letter, long in _SHORT.items():
        text = text.replace(f"%{letter}", long)
    pattern, place, places = "", 1, {}
    for element, plain in _elements(text):
        if element in places or (element not in _PARSED and (element or not _BETWEEN.fullmatch(plain))):
            return None
        pattern += _PARSED[element][1] if element else plain.replace(".", "[.]")
        width = _PARSED[element][0] if element else len(plain)
        if element:
            places[element] = f"{{0}}[{place}:{place + width - 1}]"
        place += width
    form = _FORMS.get("".join(letter for letter in _PARSED if letter in places))
    if form is None or len(places) > len(_PARSED):
        return None
    if text == form:
        return pattern, "{0}"
    parts = [places[element] if element else f"'{plain}'" for element, plain in _elements(form)]
    return pattern, " || ".join(parts)


def _parse(kind: str) -> Any:
    duckdb = "DATE" if kind == "DATE" else "TIMESTAMP"

    def spell(call: Call) -> str | None:
        text = _written(call)
        found = None if text is None else _pattern(text)
        if (
            found is None
            or zone(call, 2) not in ("UTC", "Etc/UTC", "GMT")
            or (kind == "DATE" and "H" in str(text))
        ):
            return None
        pattern = braced(found[0])
        rest = f", {call[2]}" if len(call) > 2 else ""
        value = f"CASE WHEN regexp_full_match({{0}}, '{pattern}') THEN TRY_CAST({found[1]} AS {duckdb}) END"
        result = moment("{0}") if kind == "TIMESTAMP" else "{0}"
        google = f"{EVALUATOR}({call[0]}, {{1}}{rest})"
        body = (
            f"CASE WHEN year({{0}}) BETWEEN 1 AND 9998 THEN {result} WHEN {{1}} IS NOT NULL THEN {google} END"
        )
        return bound([bound([call[1]], value), call[1]], body)

    return spell


SCALARS: dict[str, Any] = {
    **{f"format_{kind}": _format for kind in ("date", "datetime", "time", "timestamp")},
    "parse_date": _parse("DATE"),
    "parse_datetime": _parse("DATETIME"),
    "parse_timestamp": _parse("TIMESTAMP"),
}
