"""What can be done about a source that takes longer to read than one call may."""

import shlex
from collections.abc import Sequence

from shared.domain.date_range import parse_date_range
from shared.domain.ids import run_date
from shared.domain.parameter import ParameterValue
from shared.steps.attempt import Attempt

_CHUNKS = 4
"""Into how many parts a range is proposed to be divided: so much shorter that the next try should end."""
_OTHERWISE = "put the data into a BigQuery table: a source of type bigquery has no such limit"


def how_to_read_less(attempt: Attempt) -> str:
    """What to do, with the command to run where the run goes by a range of several days."""
    ranges = [value for value in attempt.plan.parameters if value.type == "date_range"]
    longest = max(ranges, key=lambda value: _days(attempt, value), default=None)
    if longest is None:
        return (
            f"have the source asked for a part of it only, such as the days of a date_range, or {_OTHERWISE}"
        )
    count = _days(attempt, longest)
    if count == 1:
        return f"have the source asked for less than it gives of one day of '{longest.name}', or {_OTHERWISE}"
    others = [value for value in attempt.plan.parameters if value != longest]
    command = _backfill(attempt, longest, days=count, others=others, is_only=len(ranges) == 1)
    return (
        f"{_OTHERWISE}; or have fewer days read at a time than the {count} of '{longest.name}', "
        f"if the source goes by it: {command}"
    )


def _backfill(
    attempt: Attempt, value: ParameterValue, *, days: int, others: Sequence[ParameterValue], is_only: bool
) -> str:
    address = attempt.plan.pipeline_id.replace("-", "/")  # no part of it has a '-' of its own
    words = [
        "convergence",
        "backfill",
        address,
        "--range",
        value.text,
        "--chunk",
        f"{max(1, days // _CHUNKS)}d",
    ]
    if not is_only:
        words += ["--parameter", value.name]
    for other in others:
        words += ["--param", f"{other.name}={other.text}"]
    return shlex.join(words)


def _days(attempt: Attempt, value: ParameterValue) -> int:
    days = parse_date_range(value.text, today=run_date(attempt.run_id))
    return (days.end - days.start).days + 1
