"""The event log as a stream that shows each row after a delay of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.event import Event, ForcedEnding, RunQueued, StepStarted, StepSucceeded
from shared.domain.fold import fold
from shared.domain.ids import RunId
from shared.domain.run import Run
from shared.domain.slots import OpenRun, open_run
from shared.ports import OPEN_RUN_DAYS
from tests.simulation.timeline import Timeline, ViolationError


class SimulatedLog:
    """Keeps every row with when it was appended and when it can be seen; says at once what must not be appended."""

    def __init__(self, timeline: Timeline, tenants_by_run: dict[str, str]) -> None:
        self._timeline = timeline
        self._tenants_by_run = tenants_by_run
        self.rows: dict[RunId, list[tuple[float, float, Event]]] = {}
        self.queued: dict[RunId, RunQueued] = {}
        self.succeeded: set[tuple[RunId, str]] = set()
        self.last_append_at = 0.0
        self._seen: dict[RunId, tuple[int, Run | None]] = {}
        self._truth: dict[RunId, tuple[int, Run | None]] = {}

    def append(self, events: Sequence[Event]) -> None:
        timeline = self._timeline
        timeline.before("append")
        timeline.count["events"] += len(events)
        for event in events:
            self._require_allowed(event)
            seen_at = timeline.now + timeline.rng.uniform(0.0, timeline.faults.lag)
            self.rows.setdefault(event.run_id, []).append((timeline.now, seen_at, event))
            if timeline.tell is not None:
                timeline.say(f"append {_told(event)}, seen {seen_at - timeline.now:.1f} s later")
        self.last_append_at = timeline.now
        timeline.after("append")

    def read(self, tenant_id: str, run_ids: Sequence[RunId]) -> list[Event]:
        timeline = self._timeline
        timeline.before("read")
        now = timeline.now
        found = [
            event
            for run_id in run_ids
            for _, seen_at, event in self.rows.get(run_id, ())
            if seen_at <= now and event.tenant_id == tenant_id
        ]
        for event in found:
            if isinstance(event, ForcedEnding):
                timeline.task.stopped_runs.add(event.run_id)
        if timeline.tell is not None:
            timeline.say(f"read {len(found)} events")
        timeline.after("read")
        return found

    def list_open_runs(
        self, tenant_id: str | None = None, *, ended_since: datetime | None = None
    ) -> list[OpenRun]:
        timeline = self._timeline
        timeline.before("list open runs")
        timeline.task.listed_at = timeline.now
        since = timeline.moment() - timedelta(days=OPEN_RUN_DAYS)
        runs = [
            run
            for run_id, queued in self.queued.items()
            if tenant_id in {None, queued.tenant_id}
            for run in (self._run_seen(run_id),)
            if run is not None and _is_listed(run, ended_since) and run.created_at >= since
        ]
        timeline.after("list open runs")
        return [open_run(run) for run in sorted(runs, key=lambda run: (run.created_at, run.run_id))]

    def list_reruns(self, tenant_id: str, run_id: RunId) -> list[RunId]:
        timeline = self._timeline
        timeline.before("list reruns")
        found = [
            other
            for other, queued in self.queued.items()
            if (queued.tenant_id, queued.rerun_of) == (tenant_id, run_id)
            and self._run_seen(other) is not None
        ]
        timeline.after("list reruns")
        return found

    def truth(self, run_id: RunId) -> Run:
        """The run as everything says that was ever appended."""
        rows = self.rows[run_id]
        known = self._truth.get(run_id)
        if known is None or known[0] != len(rows):
            known = self._truth[run_id] = (len(rows), fold(event for _, _, event in rows))
        run = known[1]
        assert run is not None
        return run

    def was_open(self, run_id: RunId, at: float) -> bool:
        """Whether the run had been accepted by then and had not ended, in fact and for whoever read the log then.

        A failure may be in sight before the retry that another delivery made of it, which opens the run again.
        """
        appended = fold(event for appended_at, _, event in self.rows[run_id] if appended_at <= at)
        seen = fold(event for _, seen_at, event in self.rows[run_id] if seen_at <= at)
        return all(run is not None and not run.has_ended for run in (appended, seen))

    def _run_seen(self, run_id: RunId) -> Run | None:
        now = self._timeline.now
        events = [event for _, seen_at, event in self.rows[run_id] if seen_at <= now]
        known = self._seen.get(run_id)
        if known is None or known[0] != len(events):
            known = self._seen[run_id] = (len(events), fold(events))
        return known[1]

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
        if isinstance(event, StepStarted):
            self._require_may_start(event)

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
    step = f" {event.step_id}#{event.attempt}" if hasattr(event, "step_id") else ""
    error = f" ({event.error_message})" if getattr(event, "error_message", None) else ""
    return f"{event.event_type} {event.run_id[-6:]}{step}{error} of {event.occurred_at:%H:%M:%S}"


def _is_listed(run: Run, ended_since: datetime | None) -> bool:
    has_just_ended = bool(ended_since and run.completed_at and run.completed_at >= ended_since)
    return not run.has_ended or has_just_ended
