"""A range of days, done in chunks: which there are, what is to be done about each, and how they stand together."""

import calendar
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from shared.domain.date_range import DateRange
from shared.domain.ids import Name, PipelineId, RunId
from shared.domain.model import Model, Truth, WholeNumber
from shared.domain.run import Run, RunStatus, Totals
from shared.domain.run_list import RunOutcome

MOST_CHUNKS = 366
"""A year of days."""
MOST_RUNS_AT_ONCE = 20

BackfillMode = Literal["missing", "failed", "all"]

_SIZE = re.compile(r"([1-9][0-9]{0,3})(d|mo)")
_MONTHS_A_YEAR = 12


class BackfillRequest(Model):
    """What a backfill is asked to do. `parameter` names the date range that is chunked, where there are several."""

    date_range: str
    chunk: str = "1d"
    mode: BackfillMode = "missing"
    parameter: Name | None = None
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    concurrent_runs: Annotated[WholeNumber, Field(ge=1, le=MOST_RUNS_AT_ONCE)] = 2
    dry_run: Truth = False


class Chunk(Model):
    """Some days of a backfill and what is done about them; `run_id` is the run that makes another one needless."""

    date_range: DateRange
    action: Literal["run", "skip"]
    reason: str
    run_id: RunId | None = None


class ChunkRecord(Model):
    """How the newest run of a chunk stands."""

    date_range: str
    run_id: RunId
    status: RunStatus
    error_message: str | None
    warnings: tuple[str, ...]
    """The rules of severity `warn` that did not hold, as `step.rule`, of each step in the last run that checked it."""


class Backfill(Model):
    """What the runs of a backfill add up to; its chunks in the order of their days."""

    backfill_id: RunId
    pipeline_id: PipelineId
    status: RunStatus
    concurrent_runs: int
    created_at: datetime
    completed_at: datetime | None
    chunks: tuple[ChunkRecord, ...]
    totals: Totals


def chunks_of(days: DateRange, size: str) -> tuple[DateRange, ...]:
    """The days in chunks of a size such as `7d` or `1mo`, oldest first; the last one may be shorter.

    A chunk of months ends with a calendar month. Raises ValueError for another size, and for more than MOST_CHUNKS
    chunks, saying which size would do.
    """
    match = _SIZE.fullmatch(size)
    if match is None:
        raise ValueError("must be a number of days or months, such as 1d, 7d or 1mo")
    length, unit = int(match[1]), match[2]
    count = -(-_span(days, unit) // length)
    if count > MOST_CHUNKS:
        enough = size_for(days, size, count=MOST_CHUNKS)
        raise ValueError(f"makes {count:,} chunks, at most {MOST_CHUNKS} are allowed; {enough} would do")
    chunks: list[DateRange] = []
    first = days.start
    for _ in range(count):
        last = min(days.end, _last_day(first, length, unit))
        chunks.append(DateRange(start=first, end=last))
        first = last + timedelta(days=1) if last < days.end else first
    return tuple(chunks)


def size_for(days: DateRange, size: str, *, count: int) -> str:
    """The least size, of days or of months as `size` is, that makes at most so many chunks."""
    unit = size.lstrip("0123456789")
    return f"{-(-_span(days, unit) // count)}{unit}"


def chunk_of(days: DateRange, mode: BackfillMode, runs: Sequence[RunOutcome]) -> Chunk:
    """What a backfill does about a chunk, given all runs with its parameters, newest first."""
    latest = runs[0] if runs else None
    so_far = f"its latest run {latest.run_id} is {latest.status}" if latest else "it has no run yet"
    if mode == "all":
        return Chunk(date_range=days, action="run", reason="every chunk is asked for")
    if mode == "failed":
        has_failed = latest is not None and latest.status in {"FAILED", "CANCELLED"}
        keeper = latest
    else:
        keeper = next((run for run in runs if run.status in {"SUCCESS", "QUEUED", "RUNNING"}), None)
        has_failed = keeper is None
    if has_failed:
        return Chunk(date_range=days, action="run", reason=so_far)
    reason = f"run {keeper.run_id} is {keeper.status}" if keeper else so_far
    return Chunk(date_range=days, action="skip", reason=reason, run_id=keeper.run_id if keeper else None)


def backfill_status(statuses: Iterable[RunStatus]) -> RunStatus:
    """What the statuses of a backfill's chunks add up to.

    QUEUED as long as none has begun, RUNNING as long as any has not ended. Then CANCELLED if any was cancelled, as a
    run is whatever failed before; else FAILED if any failed; else SUCCESS.
    """
    seen = set(statuses)
    if seen == {"QUEUED"}:
        return "QUEUED"
    if seen & {"QUEUED", "RUNNING"}:
        return "RUNNING"
    if "CANCELLED" in seen:
        return "CANCELLED"
    return "FAILED" if "FAILED" in seen else "SUCCESS"


def fold_backfill(runs: Iterable[Run]) -> Backfill | None:
    """The backfill that its runs add up to; None where there are none.

    Of a chunk that was run again its newest run counts. Rows, bytes and slot time are those of all runs.
    """
    ordered = sorted(runs, key=lambda run: (run.created_at, run.run_id))
    part = ordered[0].backfill if ordered else None
    if part is None:
        return None
    runs_by_days: dict[str, list[Run]] = {}
    for run in ordered:
        runs_by_days.setdefault(days_of(run), []).append(run)
    newest = {days: runs_by_days[days][-1] for days in sorted(runs_by_days)}
    ends = [run.completed_at for run in newest.values()]
    known = [end for end in ends if end is not None]
    return Backfill(
        backfill_id=part.backfill_id,
        pipeline_id=ordered[0].pipeline_id,
        status=backfill_status(run.status for run in newest.values()),
        concurrent_runs=part.concurrent_runs,
        created_at=ordered[0].created_at,
        completed_at=max(known) if len(known) == len(ends) else None,
        chunks=tuple(
            ChunkRecord(
                date_range=days,
                run_id=run.run_id,
                status=run.status,
                error_message=run.error_message,
                warnings=_warnings(runs_by_days[days]),
            )
            for days, run in newest.items()
        ),
        totals=_totals(runs_by_days.values()),
    )


def _warnings(runs: Sequence[Run]) -> tuple[str, ...]:
    latest = {step.id: step for run in runs for step in run.steps if step.results}
    return tuple(f"{step.id}.{result.rule_id}" for step in latest.values() for result in step.warnings)


def days_of(run: Run) -> str:
    """The days of a backfill's run: `2025-11-01/2025-11-07`."""
    name = run.backfill.parameter if run.backfill else None
    return next((value.text for value in run.plan.parameters if value.name == name), "")


def _totals(chunks: Iterable[Sequence[Run]]) -> Totals:
    chunked = [[run.totals for run in runs] for runs in chunks]
    every = [totals for runs in chunked for totals in runs]
    verdicts = [_newest_verdict(runs) for runs in chunked]
    known = [verdict for verdict in verdicts if verdict is not None]
    return Totals(
        rows_ingested=_sum(totals.rows_ingested for totals in every),
        rows_transformed=_sum(totals.rows_transformed for totals in every),
        quality_passed=all(known) if known else None,
        bytes_processed=sum(totals.bytes_processed for totals in every),
        bytes_billed=sum(totals.bytes_billed for totals in every),
        slot_ms=sum(totals.slot_ms for totals in every),
    )


def _newest_verdict(runs: Sequence[Totals]) -> bool | None:
    return next((each.quality_passed for each in reversed(runs) if each.quality_passed is not None), None)


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _span(days: DateRange, unit: str) -> int:
    if unit == "mo":
        return _months(days.end) - _months(days.start) + 1
    return (days.end - days.start).days + 1


def _months(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month - 1


def _last_day(first: date, length: int, unit: str) -> date:
    if unit == "d":
        return date.fromordinal(min(first.toordinal() + length - 1, date.max.toordinal()))
    year, month = divmod(_months(first) + length - 1, _MONTHS_A_YEAR)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])
