"""The event log as a stream that shows each row after a delay of its own."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from shared.domain.day_use import DayUse
from shared.domain.event import (
    Event,
    ForcedEnding,
    RunQueued,
    StepEvent,
    StepFailed,
    StepStarted,
    StepSucceeded,
)
from shared.domain.fold import fold
from shared.domain.ids import PipelineId, RunId
from shared.domain.progress import SourceReading
from shared.domain.rule_figure import RuleFigure
from shared.domain.run import Run
from shared.domain.run_list import RunOutcome, RunPage, RunQuery
from shared.domain.slots import OpenRun
from shared.ports import OPEN_RUN_DAYS
from tests.fakes.log import MemoryLog, Row
from tests.fakes.runs import folded
from tests.simulation.clocks import TrueClock
from tests.simulation.timeline import Timeline, ViolationError

Answer = TypeVar("Answer")


class SimulatedLog:
    """The log in memory, far away: says at once what must not be appended."""

    def __init__(self, timeline: Timeline, tenants_by_run: dict[str, str]) -> None:
        self._timeline = timeline
        self._tenants_by_run = tenants_by_run
        self._kept = MemoryLog(TrueClock(timeline))
        self.queued: dict[RunId, RunQueued] = {}
        self.succeeded: set[tuple[RunId, str]] = set()
        self.last_append_at = 0.0
        self._truth: dict[RunId, tuple[int, Run]] = {}

    @property
    def rows(self) -> dict[RunId, list[Row]]:
        """Everything that was ever appended, by run."""
        return self._kept.rows

    def append(self, events: Sequence[Event]) -> None:
        timeline = self._timeline
        timeline.before("append")
        timeline.count["events"] += len(events)
        for event in events:
            self._require_allowed(event)
            lag = timeline.rng.uniform(0.0, timeline.faults.lag)
            self._kept.keep(event, lag=timedelta(seconds=lag))
            if timeline.tell is not None:
                timeline.say(f"append {_told(event)}, seen {lag:.1f} s later")
        self.last_append_at = timeline.now
        timeline.after("append")

    def read(
        self, tenant_id: str, run_ids: Sequence[RunId], *, known: RunQueued | None = None
    ) -> list[Event]:
        timeline = self._timeline
        timeline.before("read")
        found = self._kept.read(tenant_id, run_ids, known=known)
        for event in found:
            if isinstance(event, ForcedEnding):
                timeline.task.stopped_runs.add(event.run_id)
        if timeline.tell is not None:
            timeline.say(f"read {len(found)} events")
        timeline.after("read")
        return found

    def list_runs(self, query: RunQuery) -> RunPage:
        return self._asked("list runs", lambda: self._kept.list_runs(query))

    def list_open_runs(
        self,
        tenant_id: str | None = None,
        *,
        ended_since: datetime | None = None,
        days: int = OPEN_RUN_DAYS,
    ) -> list[OpenRun]:
        timeline = self._timeline
        timeline.before("list open runs")
        timeline.task.listed_at = timeline.now
        found = self._kept.list_open_runs(tenant_id, ended_since=ended_since, days=days)
        timeline.after("list open runs")
        return found

    def list_reruns(self, tenant_id: str, run_id: RunId) -> list[RunId]:
        return self._asked("list reruns", lambda: self._kept.list_reruns(tenant_id, run_id))

    def read_day_use(self, tenant_id: str, *, since: datetime, besides: Sequence[RunId]) -> DayUse:
        return self._asked(
            "read day use", lambda: self._kept.read_day_use(tenant_id, since=since, besides=besides)
        )

    def list_backfill_runs(self, tenant_id: str, backfill_id: RunId) -> list[RunId]:
        return self._asked(
            "list backfill runs", lambda: self._kept.list_backfill_runs(tenant_id, backfill_id)
        )

    def list_figures(
        self, tenant_id: str, pipeline_id: PipelineId, *, step_id: str, first_date: date
    ) -> list[RuleFigure]:
        return self._asked(
            "list figures",
            lambda: self._kept.list_figures(tenant_id, pipeline_id, step_id=step_id, first_date=first_date),
        )

    def list_readings(
        self, tenant_id: str, pipeline_id: PipelineId, *, first_date: date
    ) -> list[SourceReading]:
        return self._asked(
            "list readings", lambda: self._kept.list_readings(tenant_id, pipeline_id, first_date=first_date)
        )

    def list_all_readings(
        self, tenant_id: str, pipeline_id: PipelineId, *, first_date: date
    ) -> list[SourceReading]:
        """As `list_readings`, once nobody else asks."""
        return self._kept.list_readings(tenant_id, pipeline_id, first_date=first_date)

    def list_outcomes(self, tenant_id: str, pipeline_id: PipelineId, *, first_date: date) -> list[RunOutcome]:
        return self._asked(
            "list outcomes", lambda: self._kept.list_outcomes(tenant_id, pipeline_id, first_date=first_date)
        )

    def truth(self, run_id: RunId) -> Run:
        """The run as everything says that was ever appended."""
        rows = self.rows[run_id]
        known = self._truth.get(run_id)
        if known is None or known[0] != len(rows):
            known = self._truth[run_id] = (len(rows), folded(row.event for row in rows))
        return known[1]

    def was_open(self, run_id: RunId, at: datetime) -> bool:
        """Whether the run had been accepted by then and had not ended, in fact and for whoever read the log then.

        A failure may be in sight before the retry that another delivery made of it, which opens the run again.
        """
        appended = fold(row.event for row in self.rows[run_id] if row.appended_at <= at)
        seen = fold(row.event for row in self.rows[run_id] if row.seen_at <= at)
        return all(run is not None and not run.has_ended for run in (appended, seen))

    def _asked(self, call: str, answer: Callable[[], Answer]) -> Answer:
        self._timeline.before(call)
        found = answer()
        self._timeline.after(call)
        return found

    def _require_allowed(self, event: Event) -> None:
        task = self._timeline.task
        if isinstance(event, RunQueued):
            self.queued.setdefault(event.run_id, event)
            self._tenants_by_run.setdefault(event.run_id, event.tenant_id)
        owner = self.queued[event.run_id].tenant_id
        if event.tenant_id != owner or task.tenant_id not in {None, owner}:
            raise ViolationError(f"an event of {owner} is appended for {event.tenant_id} by {task.tenant_id}")
        if isinstance(event, StepSucceeded):
            self.succeeded.add((event.run_id, event.step_id))
        if isinstance(event, StepFailed):
            self._require_foreseen(event)
        if isinstance(event, StepStarted):
            self._require_may_start(event)

    def _require_foreseen(self, event: StepFailed) -> None:
        if "nobody foresaw" in event.error_message and not self._timeline.count["sources broken"]:
            raise ViolationError(f"{event.step_id} broke by itself: {event.error_message}")

    def _require_may_start(self, event: StepStarted) -> None:
        step = self.queued[event.run_id].plan.step(event.step_id)
        assert step is not None
        missing = [need for need in step.needs if (event.run_id, need) not in self.succeeded]
        if missing:
            raise ViolationError(f"{event.step_id} starts before {missing} succeeded")
        if event.run_id in self._timeline.task.stopped_runs:
            raise ViolationError(
                f"{event.step_id} starts though the worker has read that the run was stopped"
            )


def _told(event: Event) -> str:
    step = f" {event.step_id}#{event.attempt}" if isinstance(event, StepEvent) else ""
    error = getattr(event, "error_message", None)
    reason = f" ({error})" if error else ""
    return f"{event.event_type} {event.run_id[-6:]}{step}{reason} of {event.occurred_at:%H:%M:%S}"
