"""The event log in memory, with the lag that a streamed row may have."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.event import Event
from shared.domain.fold import fold
from shared.domain.history import PageMark, RunPage, RunQuery, RunSummary
from shared.domain.ids import RunId
from shared.domain.run import Run
from shared.ports import Clock


class MemoryLog:
    """Keeps everything that is appended; shows it once `lag` has passed."""

    def __init__(self, clock: Clock, *, lag: timedelta = timedelta(0)) -> None:
        self.lag = lag
        self._clock = clock
        self._entries: list[tuple[datetime, Event]] = []

    @property
    def events(self) -> list[Event]:
        """Everything, whether it can be seen yet or not."""
        return [event for _, event in self._entries]

    def append(self, events: Sequence[Event]) -> None:
        self._entries += [(self._clock.now(), event) for event in events]

    def read(self, tenant_id: str, run_ids: Sequence[RunId]) -> list[Event]:
        return [
            event for event in self._visible() if event.tenant_id == tenant_id and event.run_id in run_ids
        ]

    def list_runs(self, query: RunQuery) -> RunPage:
        runs = sorted(self._runs(query), key=lambda run: (run.created_at, run.run_id), reverse=True)
        after = query.after
        if after is not None:
            rest = [run for run in runs if (run.created_at, run.run_id) < (after.created_at, after.run_id)]
        else:
            rest = runs
        page = tuple(_summary(run) for run in rest[: query.limit])
        has_more = len(rest) > query.limit
        mark = PageMark(created_at=page[-1].created_at, run_id=page[-1].run_id) if has_more else None
        return RunPage(runs=page, total=len(runs), next_mark=mark)

    def _visible(self) -> list[Event]:
        now = self._clock.now()
        return [event for appended_at, event in self._entries if appended_at + self.lag <= now]

    def _runs(self, query: RunQuery) -> list[Run]:
        events = [event for event in self._visible() if event.tenant_id == query.tenant_id]
        run_ids = {event.run_id for event in events}
        folded = [fold(event for event in events if event.run_id == run_id) for run_id in run_ids]
        return [run for run in folded if run is not None and _matches(run, query)]


def _matches(run: Run, query: RunQuery) -> bool:
    return (
        query.status in {None, run.status}
        and query.pipeline_id in {None, run.pipeline_id}
        and (query.since is None or run.created_at >= query.since)
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
    )
