"""All functions: the analyzer's name of each, and how DuckDB does it.

A template is DuckDB SQL with `{0}`, `{1}`, … for the arguments, or a function from a `Call` to SQL. A scalar function
without one is left to Google's evaluator. A new function is one entry in the module of its subject.
"""

from __future__ import annotations

from collections.abc import Callable

from local.bigquery.functions import (
    aggregates,
    approximate,
    arrays,
    dates,
    json_values,
    mathematics,
    operators,
    strings,
    windows,
)
from local.bigquery.translate.call import AggregateCall, Call

Template = str | Callable[[Call], str | None]
AggregateTemplate = Callable[[AggregateCall], str | None]

SCALARS: dict[str, Template] = {
    **operators.SCALARS,
    **mathematics.SCALARS,
    **strings.SCALARS,
    **approximate.SCALARS,
    **dates.SCALARS,
    **json_values.SCALARS,
    **arrays.SCALARS,
}
# Those whose templates leave every error to Google's evaluator, which under SAFE. gives NULL for it.
_WITHOUT_ERRORS = {*strings.SCALARS, *dates.SCALARS, *json_values.SCALARS, *arrays.SCALARS} - {"from_base32"}
AGGREGATES: dict[str, AggregateTemplate] = {**aggregates.AGGREGATES}
WINDOWS: dict[str, AggregateTemplate] = {**windows.WINDOWS}


def scalar(call: Call) -> str | None:
    """The call as DuckDB SQL; None where DuckDB can't do it exactly."""
    template = SCALARS.get(call.name)
    # Under SAFE. the errors of the call are NULL and those of its arguments are not, which DuckDB can't tell apart.
    if template is None or (call.safe and call.name not in _WITHOUT_ERRORS):
        return None
    return template.format(*call.arguments) if isinstance(template, str) else template(call)
