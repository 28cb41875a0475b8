"""From a recipe and a backfill's request to a plan for each chunk."""

import json
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from pydantic import JsonValue

from shared.domain.backfill import MOST_RUNS_AT_ONCE, BackfillRequest, Chunk, chunk_of, chunks_of, size_for
from shared.domain.date_range import DateRange, parse_date_range
from shared.domain.errors import FieldProblem, InvalidError, json_pointer
from shared.domain.model import Model
from shared.domain.parameter import DateRangeParameter
from shared.domain.pipeline import Recipe
from shared.domain.plan import Plan
from shared.domain.planning import plan
from shared.domain.run import LONGEST_QUEUEING
from shared.domain.run_list import RunOutcome

_LONGEST = int(LONGEST_QUEUEING.total_seconds())


class PlannedChunk(Model):
    """A chunk, and what its run would do."""

    chunk: Chunk
    plan: Plan


class BackfillPlan(Model):
    """Every chunk, oldest first; `parameter` is the date range that tells their runs apart."""

    parameter: str
    chunks: tuple[PlannedChunk, ...]

    @property
    def days(self) -> DateRange:
        """All days."""
        return DateRange(
            start=self.chunks[0].chunk.date_range.start, end=self.chunks[-1].chunk.date_range.end
        )

    @property
    def to_run(self) -> tuple[PlannedChunk, ...]:
        """The chunks that get a run."""
        return tuple(each for each in self.chunks if each.chunk.action == "run")


def outcomes_since(recipe: Recipe, request: BackfillRequest, *, today: date) -> date:
    """The day from which on runs count. One that was accepted before the first of its days read nothing of them.

    Two days are left: east of Greenwich a day begins on the one before, and an id may be of the day before its run was
    accepted. Raises InvalidError where the pipeline can't fulfil the request.
    """
    _chunked_parameter(recipe, request)
    return _chunks(request, today=today)[0].start - timedelta(days=2)


def plan_backfill(
    recipe: Recipe,
    request: BackfillRequest,
    *,
    today: date,
    outcomes: Iterable[RunOutcome],
    begun: Collection[str] = (),
) -> BackfillPlan:
    """What is to be done about each chunk, given the pipeline's other runs that count, newest first.

    A chunk whose days are among `begun` has its run in this backfill already. Raises InvalidError for a request that
    the pipeline can't fulfil, for wrong parameters, and for more than surely gets its turn while a run may wait.
    """
    name = _chunked_parameter(recipe, request)
    outcomes_by_parameters: dict[str, list[RunOutcome]] = {}
    for outcome in outcomes:
        outcomes_by_parameters.setdefault(_text(outcome.parameters), []).append(outcome)
    chunks = []
    for days in _chunks(request, today=today):
        planned = plan(recipe, {**request.parameters, name: days.text}, today=today)
        parameters = _text({value.name: value.json_value for value in planned.parameters})
        chunk = chunk_of(days, request.mode, outcomes_by_parameters.get(parameters, []))
        if days.text in begun:
            chunk = Chunk(date_range=days, action="run", reason="it was begun")
        chunks.append(PlannedChunk(chunk=chunk, plan=planned))
    found = BackfillPlan(parameter=name, chunks=tuple(chunks))
    _require_time(found, request)
    return found


def _chunked_parameter(recipe: Recipe, request: BackfillRequest) -> str:
    declared = recipe.pipeline.parameters
    ranges = [name for name, each in declared.items() if isinstance(each, DateRangeParameter)]
    if not ranges:
        raise _invalid("/date_range", "this pipeline has no parameter of type date_range to go through")
    if request.parameter is None and len(ranges) > 1:
        raise _invalid("/parameter", f"must name the date range to go through: {' or '.join(ranges)}")
    name = request.parameter or ranges[0]
    if name not in ranges:
        raise _invalid("/parameter", f"must be a date range of this pipeline: {' or '.join(ranges)}")
    if name in request.parameters:
        raise _invalid(json_pointer("parameters", name), "is what the backfill goes through; leave it out")
    return name


def _chunks(request: BackfillRequest, *, today: date) -> tuple[DateRange, ...]:
    try:
        days = parse_date_range(request.date_range, today=today)
    except ValueError as error:
        raise _invalid("/date_range", str(error)) from error
    try:
        return chunks_of(days, request.chunk)
    except ValueError as error:
        raise _invalid("/chunk", str(error)) from error


def _require_time(planned: BackfillPlan, request: BackfillRequest) -> None:
    """Raise InvalidError if the last run could wait for too long, should each before it take its whole timeout."""
    if not planned.to_run:
        return
    count, first = len(planned.to_run), planned.to_run[0].plan
    limit = min(first.concurrent_runs or MOST_RUNS_AT_ONCE, MOST_RUNS_AT_ONCE)
    at_once = min(request.concurrent_runs, limit)
    most_rounds = _LONGEST // first.timeout_seconds
    rounds = _rounded_up(count, at_once)
    if rounds <= most_rounds:
        return
    ways = [f"a pipeline `timeout` of {_LONGEST // rounds // 60}m"]
    more = _rounded_up(count, most_rounds)
    if more <= limit:
        ways.insert(0, f"`concurrent_runs` of {more}")
    # A chunk that never ran has not failed: with another size there would be nothing to do.
    if request.mode != "failed":
        ways.insert(0, f"chunks of {size_for(planned.days, request.chunk, count=most_rounds * at_once)}")
    raise _invalid(
        "/chunk",
        f"makes {count} runs of up to {first.timeout_seconds:,} s, {at_once} at once: the last could wait for longer "
        f"than {LONGEST_QUEUEING.days} days; {' or '.join(ways)} would do",
    )


def _rounded_up(count: int, size: int) -> int:
    return -(-count // size)


def _invalid(pointer: str, detail: str) -> InvalidError:
    problem = FieldProblem(pointer, detail)
    return InvalidError("The backfill is not possible", code="invalid_backfill", problems=(problem,))


def _text(parameters: dict[str, JsonValue]) -> str:
    return json.dumps(parameters, sort_keys=True)
