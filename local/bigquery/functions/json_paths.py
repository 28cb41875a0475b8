"""JSONPath that is written in a statement, as DuckDB spells it."""

from __future__ import annotations

import re

from local.bigquery.translate.call import Call

_STEP = re.compile(
    r"""\.(?P<name>[A-Za-z_][A-Za-z0-9_-]*)|\."(?P<quoted>[^"\\{}]+)"|\[(?P<index>\d{1,9})\]"""
)
# In JSON_EXTRACT and its like, names stand in brackets.
_OLD_STEP = re.compile(
    r"""\.(?P<name>[A-Za-z_][A-Za-z0-9_-]*)|\['(?P<quoted>[^'"\\{}]+)'\]|\[(?P<index>\d{1,9})\]"""
)
_MEMBER = re.compile(r"""[^"\\{}*]+""")
_DIGITS = re.compile(r"\d+")
_MOST_INDEXES = 2


def paths(call: Call, place: int) -> list[str] | None:
    """The written path as DuckDB's, the first that finds something being the one; None where it isn't a plain one.

    To Google, `[1]` is an object's member "1" as well, and a name of digits an array's element.
    """
    if place >= len(call):
        return ["$"]
    if not call.is_literal(place):
        return None
    text = call.value(place)
    steps = None if text is None else _steps(text, _OLD_STEP if "extract" in call.name else _STEP)
    if steps is None or sum(step.startswith("[") for step in steps) > _MOST_INDEXES:
        return None
    found = ["$"]
    for step in steps:
        found = [f"{path}{one}" for path in found for one in _readings(step)]
    return found


def member(name: str) -> str | None:
    """The step to an object's member; None for a name that can't be spelled plainly."""
    return f'."{name}"' if _MEMBER.fullmatch(name) else None


def extracted(document: str, found: list[str]) -> str:
    """What DuckDB extracts at the first of the paths that leads to something."""
    parts = [f"json_extract({document}, {_quoted(path)})" for path in found]
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"


def _steps(text: str, grammar: re.Pattern[str]) -> list[str] | None:
    if not text.startswith("$"):
        return None
    steps, place = [], 1
    while place < len(text):
        step = grammar.match(text, place)
        if step is None:
            return None
        name = step["name"] or step["quoted"]
        if name is not None and (_DIGITS.fullmatch(name) or "*" in name):
            return None
        steps.append(f'."{name}"' if name is not None else f"[{int(step['index'])}]")
        place = step.end()
    return steps


def _readings(step: str) -> list[str]:
    return [step, f'."{step[1:-1]}"'] if step.startswith("[") else [step]
