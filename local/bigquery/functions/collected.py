"""Aggregate functions that DuckDB has not, or not exactly: Google's evaluator gets the list of their arguments."""

from __future__ import annotations

import hashlib

from local.bigquery.googlesql.types import array_of, struct_of
from local.bigquery.translate.call import AggregateCall
from local.bigquery.translate.evaluated import Evaluated
from local.bigquery.translate.literals import storable

# What the evaluator has neither.
ABSENT = ("approx_", "hll_count.", "kll_quantiles.")
# What has a sense with OVER alone: its value is the same for all rows of the list.
_ANALYTIC = ("percentile_cont", "percentile_disc")
_NULLS = {None: "", True: " IGNORE NULLS", False: " RESPECT NULLS"}


def collected(call: AggregateCall) -> Evaluated:
    """The call over a list of rows, as an expression for the evaluator."""
    varying = [place for place in range(len(call)) if not call.is_constant(place)]
    constant = [place for place in range(len(call)) if call.is_constant(place)]
    spelled = {place: f"x.v{place}" for place in varying}
    spelled.update({place: f"@a{at}" for at, place in enumerate(constant, 1)})
    inner = ", ".join(spelled[place] for place in range(len(call)))
    distinct = "DISTINCT " if call.distinct else ""
    over, limit = (" OVER ()", " LIMIT 1") if call.name in _ANALYTIC else ("", "")
    expression = (
        f"(SELECT {call.name.upper()}({distinct}{inner}{_NULLS[call.ignore_nulls]}){over}"
        f" FROM UNNEST(@a0) AS x{limit})"
    )
    rows = array_of(struct_of((f"v{place}", call.types[place]) for place in varying))
    types = (rows, *(call.types[place] for place in constant))
    storable(rows)
    shape = f"{expression}/{'/'.join(kind.sql for kind in types)}/{call.type.sql}"
    fields = ", ".join(f"'_{at}': {call[place]}" for at, place in enumerate(varying, 1))
    window = f" OVER ({call.over})" if call.over else ""
    return Evaluated(
        name=f"google_{hashlib.sha256(shape.encode()).hexdigest()[:24]}",
        expression=expression,
        types=types,
        type=call.type,
        arguments=(f"list({{{fields}}}){window}", *(call[place] for place in constant)),
        constants=frozenset(range(1, len(types))),
    )
