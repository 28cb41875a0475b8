"""Functions of arrays."""

from __future__ import annotations

from typing import Any

from local.bigquery.functions.moments import MICROSECONDS
from local.bigquery.functions.spelling import bound, braced
from local.bigquery.translate.call import EVALUATOR, Call

# Far enough from the last INT64 for one more step.
_FAR = 1 << 61


def _to_string(call: Call) -> str | None:
    # DuckDB wants the separator to be a constant.
    if call.type.kind != "STRING" or not all(call.is_constant(place) for place in range(1, len(call))):
        return None
    items, others = "{0}", [braced(one) for one in call.arguments[1:]]
    if len(call) > 2:
        items = f"list_transform({{0}}, lambda google_item: coalesce(google_item, {others[1]}))"
    nothing = " OR ".join(f"{one} IS NULL" for one in ["{0}", *others])
    # DuckDB has NULL for a list of none but NULLs.
    body = f"CASE WHEN {nothing} THEN NULL ELSE coalesce(array_to_string({items}, {others[0]}), '') END"
    return bound(call.arguments[:1], body)


def _step(call: Call, place: int) -> int | None:
    """The step as it is written, 1 without one; None for any other."""
    if place >= len(call):
        return 1
    value = call.value(place) if call.is_literal(place) else None
    return value if value and abs(value) < 1 << 31 else None


def _generate_array(call: Call) -> str | None:
    step = _step(call, 2)
    if call.type.element is None or call.type.element.kind != "INT64" or step is None:
        return None
    google = f"{EVALUATOR}({', '.join(f'{{{place}}}' for place in range(len(call)))})"
    far = f"abs({{0}} / 2) > {_FAR} OR abs({{1}} / 2) > {_FAR}"
    return bound(
        call.arguments, f"CASE WHEN {far} THEN {google} ELSE generate_series({{0}}, {{1}}, {step}) END"
    )


def _generate_date_array(call: Call) -> str | None:
    step, part = _step(call, 2), call[3] if len(call) > 3 else "DAY"
    if step is None or part not in ("DAY", "WEEK"):
        return None
    days = f"generate_series(0, {{1}} - {{0}}, {step * (7 if part == 'WEEK' else 1)})"
    return bound(
        call.arguments[:2], f"list_transform({days}, lambda google_day: {{0}} + CAST(google_day AS INTEGER))"
    )


def _generate_timestamp_array(call: Call) -> str | None:
    step = _step(call, 2)
    if step is None or call.kind(0) != "TIMESTAMP" or call[3] not in MICROSECONDS:
        return None
    moments = f"generate_series(epoch_us({call[0]}), epoch_us({call[1]}), {step * MICROSECONDS[call[3]]})"
    return f"list_transform({moments}, lambda google_moment: make_timestamptz(google_moment))"


SCALARS: dict[str, Any] = {
    "array_length": "len({0})",
    "array_concat": lambda call: f"({' || '.join(call.arguments)})",
    "array_reverse": "list_reverse({0})",
    "array_to_string": _to_string,
    "generate_array": _generate_array,
    "generate_date_array": _generate_date_array,
    "generate_timestamp_array": _generate_timestamp_array,
}
AGGREGATES: dict[str, Any] = {}
WINDOWS: dict[str, Any] = {}
