"""Dates and times as text and back, in the formats that DuckDB reads as Google does."""

from __future__ import annotations

import re
from typing import Any

from local.bigquery.functions.moments import civil, in_sight, moment, zone
from local.bigquery.functions.spelling import bound
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
    "Y": r"([0-9]{4})",
    "m": r"([01][0-9])",
    "d": r"([0-3][0-9])",
    "H": r"([012][0-9])",
    "M": r"([0-5][0-9])",
    "S": r"([0-5][0-9])",
}
_SHORT = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M"}
_BETWEEN = re.compile(r"[-/:.TZ_ ]*")
_ORDERS = {
    "Ymd": "{}-{}-{}",
    "YmdH": "{}-{}-{} {}:00",
    "YmdHM": "{}-{}-{} {}:{}",
    "YmdHMS": "{}-{}-{} {}:{}:{}",
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
    """The regular expression of texts in the format, and what makes DuckDB's form of its groups."""
    for letter, long in _SHORT.items():
        text = text.replace(f"%{letter}", long)
    pattern, order = "", ""
    for element, plain in _elements(text):
        if element not in _PARSED and (element or not _BETWEEN.fullmatch(plain)):
            return None
        pattern += _PARSED[element] if element else plain.replace(".", "[.]")
        order += element
    form = next((form for letters, form in _ORDERS.items() if sorted(letters) == sorted(order)), None)
    if form is None:
        return None
    letters = next(letters for letters in _ORDERS if sorted(letters) == sorted(order))
    return pattern, form.format(*(f"\\{order.index(letter) + 1}" for letter in letters))


def _parse(kind: str) -> Any:
    duckdb = "DATE" if kind == "DATE" else "TIMESTAMP"

    def spell(call: Call) -> str | None:
        text = _written(call)
        found = None if text is None else _pattern(text)
        if (
            found is None
            or zone(call, 2) not in ("UTC", "Etc/UTC", "GMT")
            or (kind == "DATE" and ":" in found[1])
        ):
            return None
        pattern = found[0].replace("{", "{{").replace("}", "}}")
        rest = f", {call[2]}" if len(call) > 2 else ""
        value = f"TRY_CAST(regexp_replace({{0}}, '{pattern}', '{found[1]}') AS {duckdb})"
        sure = f"regexp_full_match({{0}}, '{pattern}') AND year({value}) BETWEEN 1 AND 9998"
        result = moment(value) if kind == "TIMESTAMP" else value
        return bound(
            [call[1]],
            f"CASE WHEN {{0}} IS NULL THEN NULL WHEN {sure} THEN {result} ELSE {EVALUATOR}({call[0]}, {{0}}{rest}) END",
        )

    return spell


SCALARS: dict[str, Any] = {
    **{f"format_{kind}": _format for kind in ("date", "datetime", "time", "timestamp")},
    "parse_date": _parse("DATE"),
    "parse_datetime": _parse("DATETIME"),
    "parse_timestamp": _parse("TIMESTAMP"),
}
