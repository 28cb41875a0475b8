"""What two plans do differently: the same comparison wherever plans are held against each other."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from pydantic import JsonValue

from shared.domain.plan import Plan, PlannedStep

_OF_ONE_RUN = ("rows_of",)
_OF_ITS_STEPS = ("number", "attempts_before")
"""What a run says of itself and its place among others, and not of what the files say."""


@dataclass(frozen=True)
class Change:
    """One place of two plans, e.g. `steps.load.source.path`, and what each of them has there; None for nothing."""

    place: str
    before: JsonValue
    now: JsonValue


def plan_changes(before: Plan, now: Plan) -> tuple[Change, ...]:
    """Where runs of the two would do something else. Descriptions do nothing, and steps are known by their ids."""
    return tuple(changes(_plan_definition(before), _plan_definition(now)))


def step_changes(before: PlannedStep, now: PlannedStep, *, apart_from: Collection[str]) -> tuple[Change, ...]:
    """Where the two steps do something else, `apart_from` some of their fields."""
    return tuple(
        changes(_step_definition(before, without=apart_from), _step_definition(now, without=apart_from))
    )


def changes(before: JsonValue, now: JsonValue, place: str = "") -> Iterator[Change]:
    """The smallest places where the two differ. Lists of things with ids or names are compared thing by thing."""
    if _canonical(before) == _canonical(now):
        return
    first, second = _by_key(before), _by_key(now)
    if first is None or second is None:
        yield Change(place, before, now)
        return
    for key in dict.fromkeys((*first, *second)):
        yield from changes(first.get(key), second.get(key), f"{place}.{key}" if place else str(key))
    if isinstance(before, list) and list(first) != list(second) and set(first) == set(second):
        yield Change(f"the order of {place}", list(first), list(second))


def change_lines(change: Change) -> list[str]:
    """The change as a unified diff has it: its place between `@@`, then lines that begin with `-`, `+` or a space."""
    lines = unified_diff(_lines(change.before), _lines(change.now), lineterm="")
    shown = [line for number, line in enumerate(lines) if number > 1]  # not the names of files
    places = iter([f"@@ {change.place} @@", *["@@ … @@"] * len(shown)])
    return [next(places) if line.startswith("@@") else line for line in shown]


def _plan_definition(plan: Plan) -> dict[str, Any]:
    definition = plan.model_dump(mode="json", exclude={*_OF_ONE_RUN, "steps"})
    for table in definition["tables"]:
        _describe_nothing(table)
    definition["steps"] = [_step_definition(step, without=_OF_ITS_STEPS) for step in plan.steps]
    return definition


def _step_definition(step: PlannedStep, *, without: Collection[str]) -> dict[str, Any]:
    definition = step.model_dump(mode="json", exclude=set(without))
    _describe_nothing(definition["table"])
    for part in (definition.get("source"), *definition.get("rules", ())):
        if part:
            part.pop("description", None)
    return definition


def _describe_nothing(table: dict[str, Any]) -> None:
    for part in (table, *table["columns"]):
        part.pop("description", None)


def _canonical(value: JsonValue) -> str:
    """Equal for what is the same JSON. To Python `true` is 1, and 1.0 too."""
    return json.dumps(value, sort_keys=True)


def _by_key(value: JsonValue) -> dict[str, JsonValue] | None:
    """A mapping as it is, a list of things by their ids or names; None for all else."""
    if isinstance(value, dict):
        return value
    if not value or not isinstance(value, list):
        return None
    names = [(item.get("id") or item.get("name")) if isinstance(item, dict) else None for item in value]
    if not all(names) or len(set(map(str, names))) < len(names):
        return None
    return dict(zip(map(str, names), value, strict=True))


def _lines(value: JsonValue) -> list[str]:
    """Text of several lines as it is, all else as JSON; no line for nothing."""
    if value is None:
        return []
    if isinstance(value, str) and "\n" in value:
        return value.splitlines()
    return json.dumps(value, indent=2, ensure_ascii=False).splitlines()
