"""The event log in memory, with the lag that a streamed row may have."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.event import Event
from shared.domain.fold import fold
from shared.domain.history import PageMark, RunOutcome, RunPage, RunQuery, RunSummary
from shared.domain.ids import PipelineId, RunId
from shared.domain.run import Run
from shared.domain.slots import OpenRun, open_run
from shared.ports import OPEN_RUN_DAYS, Clock


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
        runs = [run for run in reversed(self._runs()) if _matches(run, query)]
        after = query.after
        rest = [run for run in runs if after is None or _place(run) < (after.created_at, after.run_id)]
        page = tuple(_summary(run) for run in rest[: query.limit])
        has_more = len(rest) > query.limit
        mark = PageMark(created_at=page[-1].created_at, run_id=page[-1].run_id) if has_more else None
        return RunPage(runs=page, total=len(runs), next_mark=mark)

    def list_open_runs(
        self, tenant_id: str | None = None, *, ended_since: datetime | None = None
    ) -> list[OpenRun]:
        since = self._clock.now() - timedelta(days=OPEN_RUN_DAYS)
        return [
            open_run(run)
            for run in self._runs()
            if _is_listed(run, ended_since) and tenant_id in {None, run.tenant_id} and run.created_at >= since
        ]

    def list_reruns(self, tenant_id: str, run_id: RunId) -> list[RunId]:
        return [run.run_id for run in self._runs() if (run.tenant_id, run.rerun_of) == (tenant_id, run_id)]

    def list_outcomes(self, tenant_id: str, pipeline_id: PipelineId) -> list[RunOutcome]:
        return [
            RunOutcome(
                run_id=run.run_id,
                status=run.status,
                parameters={value.name: value.json_value for value in run.plan.parameters},
            )
            for run in reversed(self._runs())
            if (run.tenant_id, run.pipeline_id) == (tenant_id, pipeline_id)
        ]

    def _visible(self) -> list[Event]:
        now = self._clock.now()
        return [event for appended_at, event in self._entries if appended_at + self.lag <= now]

    def _runs(self) -> list[Run]:
        """Every run that can be seen, oldest first."""
        events_by_run: dict[RunId, list[Event]] = {}
        for event in self._visible():
            events_by_run.setdefault(event.run_id, []).append(event)
        folded = [fold(events) for events in events_by_run.values()]
        return sorted((run for run in folded if run is not None), key=_place)


def _place(run: Run) -> tuple[datetime, RunId]:
    return (run.created_at, run.run_id)


def _is_listed(run: Run, ended_since: datetime | None) -> bool:
    has_just_ended = bool(ended_since and run.completed_at and run.completed_at >= ended_since)
    return not run.has_ended or has_just_ended


def _matches(run: Run, query: RunQuery) -> bool:
    return (
        query.tenant_id == run.tenant_id
        and query.status in {None, run.status}
        and query.pipeline_id in {None, run.pipeline_id}
        and query.backfill_id in {None, run.backfill.backfill_id if run.backfill else None}
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
        rerun_of=run.rerun_of,
        backfill_id=run.backfill.backfill_id if run.backfill else None,
    )
