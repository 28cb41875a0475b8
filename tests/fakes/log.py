"""The event log in memory, with the lag that a streamed row may have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from shared.domain.day_use import DayUse
from shared.domain.event import Event, RunQueued, SourceRead, StepFailed, StepSucceeded
from shared.domain.fold import fold
from shared.domain.ids import PipelineId, RunId, run_date
from shared.domain.progress import SourceReading
from shared.domain.rule_figure import RuleFigure
from shared.domain.run import Run
from shared.domain.run_list import PageMark, RunOutcome, RunPage, RunQuery, RunSummary
from shared.domain.slots import OpenRun, open_run
from shared.ports import OPEN_RUN_DAYS, Clock


@dataclass(frozen=True)
class Row:
    """An event, when it was appended, and from when on it can be seen."""

    event: Event
    appended_at: datetime
    seen_at: datetime


class MemoryLog:
    """Keeps everything that is appended, `rows` by run; shows it once the lag has passed that it was appended with.

    The clock never goes back.
    """

    def __init__(self, clock: Clock, *, lag: timedelta = timedelta(0)) -> None:
        self.lag = lag
        self.rows: dict[RunId, list[Row]] = {}
        self._clock = clock
        self._events: list[Event] = []
        self._seen: dict[RunId, tuple[int, Run | None]] = {}

    @property
    def events(self) -> list[Event]:
        """Everything, whether it can be seen yet or not."""
        return list(self._events)

    def append(self, events: Sequence[Event]) -> None:
        for event in events:
            self.keep(event, lag=self.lag)

    def keep(self, event: Event, *, lag: timedelta) -> None:
        """Append one event, with a lag of its own."""
        now = self._clock.now()
        self._events.append(event)
        self.rows.setdefault(event.run_id, []).append(Row(event, now, now + lag))

    def read(
        self, tenant_id: str, run_ids: Sequence[RunId], *, known: RunQueued | None = None
    ) -> list[Event]:
        return [
            event
            for run_id in run_ids
            for event in self._visible(run_id)
            if event.tenant_id == tenant_id and not isinstance(event, SourceRead)
        ]

    def list_runs(self, query: RunQuery) -> RunPage:
        runs = [run for run in reversed(self._runs(query.tenant_id)) if _matches(run, query)]
        after = query.after
        rest = [run for run in runs if after is None or _place(run) < (after.created_at, after.run_id)]
        page = tuple(_summary(run) for run in rest[: query.limit])
        has_more = len(rest) > query.limit
        last = page[-1] if has_more else None
        mark = PageMark(created_at=last.created_at, run_id=last.run_id, since=query.since) if last else None
        return RunPage(runs=page, total=len(runs), next_mark=mark)

    def list_open_runs(
        self,
        tenant_id: str | None = None,
        *,
        ended_since: datetime | None = None,
        days: int = OPEN_RUN_DAYS,
    ) -> list[OpenRun]:
        since = self._clock.now() - timedelta(days=days)
        return [
            open_run(run)
            for run in self._runs(tenant_id)
            if _is_listed(run, ended_since) and run.created_at >= since
        ]

    def list_reruns(self, tenant_id: str, run_id: RunId) -> list[RunId]:
        return [run.run_id for run in self._runs(tenant_id) if run.rerun_of == run_id]

    def read_day_use(self, tenant_id: str, *, since: datetime, besides: Sequence[RunId]) -> DayUse:
        first_date = since.date() - timedelta(days=1)
        seen = [
            event
            for run_id, rows in self.rows.items()
            if run_date(run_id) >= first_date and rows[0].event.tenant_id == tenant_id
            for event in self._visible(run_id)
            if event.occurred_at >= since
        ]
        runs = {event.run_id for event in seen if isinstance(event, RunQueued)}
        bytes_by_attempt: dict[tuple[RunId, int, int], int] = {}
        for event in seen:
            if isinstance(event, StepSucceeded | StepFailed):
                attempt = (event.run_id, event.step_number, event.attempt)
                bytes_by_attempt[attempt] = max(bytes_by_attempt.get(attempt, 0), event.metrics.bytes_billed)
        return DayUse(runs=len(runs - set(besides)), bytes_billed=sum(bytes_by_attempt.values()))

    def list_backfill_runs(self, tenant_id: str, backfill_id: RunId) -> list[RunId]:
        runs = reversed(self._runs(tenant_id))
        return [run.run_id for run in runs if run.backfill and run.backfill.backfill_id == backfill_id]

    def list_figures(
        self, tenant_id: str, pipeline_id: PipelineId, *, step_id: str, first_date: date
    ) -> list[RuleFigure]:
        return [
            RuleFigure(
                run_id=run_id,
                rule_id=result.rule_id,
                of=result.figure_of or "",
                days=result.figure_days,
                figure=Decimal(result.figure),
                rows=result.rows_checked,
                recorded_at=event.occurred_at,
            )
            for run_id in self.rows
            if run_date(run_id) >= first_date
            for event in self._visible(run_id)
            if (event.tenant_id, event.pipeline_id) == (tenant_id, pipeline_id)
            if isinstance(event, StepSucceeded) and event.step_id == step_id
            for result in event.results
            if result.figure is not None
        ]

    def list_readings(
        self, tenant_id: str, pipeline_id: PipelineId, *, first_date: date
    ) -> list[SourceReading]:
        events = [
            event
            for run_id in self.rows
            if run_date(run_id) >= first_date
            for event in self._visible(run_id)
            if (event.tenant_id, event.pipeline_id) == (tenant_id, pipeline_id)
        ]
        ended: dict[str, datetime] = {}
        for event in events:
            if isinstance(event, StepSucceeded) and event.reading_id is not None:
                at = ended.get(event.reading_id, event.occurred_at)
                ended[event.reading_id] = min(at, event.occurred_at)
        return [
            SourceReading(
                reading_id=event.reading_id,
                table=event.table,
                way=event.way,
                began_at=event.began_at,
                read_at=event.occurred_at,
                ended_at=ended.get(event.reading_id),
                progress=event.progress,
            )
            for event in events
            if isinstance(event, SourceRead)
        ]

    def list_outcomes(self, tenant_id: str, pipeline_id: PipelineId, *, first_date: date) -> list[RunOutcome]:
        return [
            RunOutcome(
                run_id=run.run_id,
                status=run.status,
                parameters={value.name: value.json_value for value in run.plan.parameters},
            )
            for run in reversed(self._runs(tenant_id))
            if run.pipeline_id == pipeline_id and run_date(run.run_id) >= first_date
        ]

    def _visible(self, run_id: RunId) -> Iterator[Event]:
        now = self._clock.now()
        return (row.event for row in self.rows.get(run_id, ()) if row.seen_at <= now)

    def _runs(self, tenant_id: str | None) -> list[Run]:
        """Every run that can be seen, oldest first: a tenant's, or everybody's."""
        own = (run_id for run_id, rows in self.rows.items() if tenant_id in {None, rows[0].event.tenant_id})
        return sorted((run for run in map(self._run, own) if run is not None), key=_place)

    def _run(self, run_id: RunId) -> Run | None:
        # What can be seen only grows: as many events as before are the same events.
        events = list(self._visible(run_id))
        count, run = self._seen.get(run_id, (0, None))
        if count != len(events):
            run = fold(events)
            self._seen[run_id] = (len(events), run)
        return run


def _place(run: Run) -> tuple[datetime, RunId]:
    return (run.created_at, run.run_id)


def _is_listed(run: Run, ended_since: datetime | None) -> bool:
    has_just_ended = bool(ended_since and run.completed_at and run.completed_at >= ended_since)
    return not run.has_ended or has_just_ended


def _matches(run: Run, query: RunQuery) -> bool:
    return (
        query.status in {None, run.status}
        and query.pipeline_id in {None, run.pipeline_id}
        and query.backfill_id in {None, run.backfill.backfill_id if run.backfill else None}
        and run.created_at >= query.since
        and (query.until is None or run.created_at < query.until)
    )


def _summary(run: Run) -> RunSummary:
    return RunSummary(
        run_id=run.run_id,
        pipeline_id=run.pipeline_id,
        status=run.status,
        trigger=run.trigger,
        created_at=run.created_at,
        started_at=run.started_at,
        completed_at=run.completed_at,
        duration_ms=run.duration_ms,
        error_message=run.error_message,
        rows_ingested=run.totals.rows_ingested,
        rows_transformed=run.totals.rows_transformed,
        quality_passed=run.totals.quality_passed,
        bytes_billed=run.totals.bytes_billed,
        rerun_of=run.rerun_of,
        backfill_id=run.backfill.backfill_id if run.backfill else None,
        warnings=run.warnings,
    )
