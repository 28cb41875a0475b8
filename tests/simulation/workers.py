"""The workers of a schedule: each call of a use case, with what may come of it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from pydantic import JsonValue

from shared.domain.command import RunStep
from shared.domain.errors import ConflictError, ForbiddenError, InvalidError, StepError, TransientError
from shared.domain.event import StepStarted
from shared.domain.parameter import ParameterValue
from shared.domain.source import FilesSource, RestApiSource
from shared.usecases.execute_step import execute_step
from shared.usecases.give_up_step import give_up_step
from shared.usecases.reconcile_runs import reconcile_runs
from tests.simulation.log import SimulatedLog
from tests.simulation.timeline import Task, Timeline, ViolationError
from tests.simulation.topic import Message, SimulatedTopic
from tests.simulation.warehouse import SimulatedWarehouse

_LOG_LAG = 60.0
_MOST_COPIES = 60


class SimulatedClock:
    """Each worker's own, which may be off a little. No two readings are the same microsecond, as in life."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._readings = 0

    def now(self) -> datetime:
        self._readings += 1
        return self._timeline.moment(skew=self._timeline.task.skew + self._readings * 1e-6)


class SimulatedReader:
    """A source that takes its time, hiccups, or is gone."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def read(
        self,
        source: FilesSource | RestApiSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
    ) -> Iterator[dict[str, JsonValue]]:
        timeline, rng = self._timeline, self._timeline.rng
        timeline.before("read the source")
        yield {"data": 1}
        if timeline.chance(timeline.faults.slow_source):
            timeline.sleep(timeline.now + rng.choice((20.0, 200.0, 650.0, 2000.0)))
        if timeline.chance(timeline.faults.source_passing):
            timeline.count["source failures"] += 1
            timeline.say("the source fails for now")
            wait = rng.choice((None, None, 30, 4000))
            raise TransientError("The source answers 503", kind="unavailable", retry_after_seconds=wait)
        if timeline.chance(timeline.faults.source_failing):
            timeline.count["source failures"] += 1
            timeline.say("the source fails for good")
            raise StepError("No file matches")
        timeline.after("read the source")


class Workers:
    """Begins calls and makes of their ends what the platform would."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.tenants_by_run: dict[str, str] = {}
        self.clock = SimulatedClock(timeline)
        self.reader = SimulatedReader(timeline)
        self.log = SimulatedLog(timeline, self.tenants_by_run)
        self.warehouse = SimulatedWarehouse(timeline, self.tenants_by_run)
        self.topic = SimulatedTopic(timeline, self._require_turn)
        self.topic.deliver = self._deliver

    def reconcile(self) -> None:
        """One call of the reconciler."""
        self.begin("reconciler", None, self._reconcile)

    def begin(self, name: str, tenant_id: str | None, work: Callable[[], None]) -> None:
        """Begin a call of somebody who has a clock of his own."""
        skew = self.timeline.faults.skew
        task = Task(name, tenant_id=tenant_id, skew=self.timeline.rng.uniform(-skew, skew) if skew else 0.0)
        self.timeline.spawn(task, work)

    def _reconcile(self) -> None:
        try:
            reconcile_runs(log=self.log, publisher=self.topic, clock=self.clock)
        except (TransientError, ForbiddenError):
            self.timeline.say("gives up")

    def _deliver(self, message: Message) -> None:
        delivery = message.deliveries
        kind = "dead letter" if message.is_dead_letter else "executor"
        name = f"{kind} {message.number}.{delivery} {message.command.step_id}"
        self.timeline.count["deliveries"] += 1
        self.begin(name, message.command.tenant_id, lambda: self._execute(message, delivery))

    def _execute(self, message: Message, delivery: int) -> None:
        carry_out = give_up_step if message.is_dead_letter else execute_step
        self.timeline.task.run_id = message.command.run_id
        try:
            handled = carry_out(
                message.command,
                log=self.log,
                publisher=self.topic,
                warehouse=self.warehouse,
                reader=self.reader,
                clock=self.clock,
            )
        except (TransientError, ForbiddenError) as error:
            self.timeline.say(f"answers 503: {error}")
            self.topic.refuse(message, delivery)
        except (InvalidError, ConflictError) as error:
            raise ViolationError(f"a command of ours is refused: {error}") from error
        else:
            self.timeline.say(f"answers 200: {handled.stance.value}")
            self.topic.acknowledge(message, delivery)

    def _require_turn(self, command: RunStep) -> None:
        """A run that has not started gets its first command only when it is its turn, as far as can be known."""
        task, log = self.timeline.task, self.log
        if task.tenant_id not in {None, command.tenant_id}:
            raise ViolationError(f"{task.tenant_id} publishes a command of {command.tenant_id}")
        self._require_bounds(command)
        plan = log.queued[command.run_id].plan
        if task.run_id == command.run_id or plan.concurrent_runs is None or _has_started(log, command.run_id):
            return
        known_at = task.listed_at - _LOG_LAG
        under_way = [
            run_id
            for run_id, queued in log.queued.items()
            if queued.tenant_id == command.tenant_id
            and run_id not in {command.run_id, task.run_id}
            and _has_started(log, run_id, by=known_at)
            and log.was_open(run_id, task.listed_at)
        ]
        if len(under_way) >= plan.concurrent_runs:
            raise ViolationError(f"{command.run_id} is started though {under_way} are under way")

    def _require_bounds(self, command: RunStep) -> None:
        copies = sum(
            (message.command.run_id, message.command.step_id) == (command.run_id, command.step_id)
            for message in self.topic.under_way.values()
        )
        if copies > _MOST_COPIES:
            raise ViolationError(f"{copies} messages about {command.step_id} of {command.run_id} at once")


def _has_started(log: SimulatedLog, run_id: str, *, by: float = float("inf")) -> bool:
    return any(
        appended_at <= by and isinstance(event, StepStarted) for appended_at, _, event in log.rows[run_id]
    )
