"""The workers of a schedule: each call of a use case, with what may come of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from shared.domain.command import RunStep
from shared.domain.errors import ConflictError, ForbiddenError, InvalidError, TransientError
from shared.domain.event import StepEvent
from shared.domain.ids import RunId
from shared.domain.job import Job
from shared.domain.reconciliation import Patience
from shared.domain.run import LOG_LAG
from shared.usecases.execute_step import execute_step
from shared.usecases.give_up_step import give_up_step
from shared.usecases.reconcile_runs import reconcile_runs
from tests.simulation.clocks import SimulatedClock
from tests.simulation.log import SimulatedLog
from tests.simulation.plans import ROWS_BY_PATH
from tests.simulation.reader import SimulatedReader, UnforeseenError
from tests.simulation.readings import Readings
from tests.simulation.timeline import Task, Timeline, ViolationError
from tests.simulation.topic import Message, SimulatedTopic
from tests.simulation.warehouse import SimulatedWarehouse

_MOST_COPIES = 60


class Workers:
    """Begins calls and makes of their ends what the platform would."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.tenants_by_run: dict[str, str] = {}
        self.clock = SimulatedClock(timeline)
        self.log = SimulatedLog(timeline, self.tenants_by_run)
        self.reader = SimulatedReader(timeline, ROWS_BY_PATH, read_on=Readings(timeline, self.log).read_on)
        self.warehouse = SimulatedWarehouse(timeline, self._require_own)
        self.topic = SimulatedTopic(timeline, self._require_turn)
        self.topic.deliver = self._deliver

    def reconcile(self, *, period: float) -> None:
        """One call of the reconciler, of which there is one each `period` seconds."""
        patience = Patience(every=timedelta(seconds=period))
        self.begin("reconciler", None, lambda: self._reconcile(patience))

    def begin(self, name: str, tenant_id: str | None, work: Callable[[], None]) -> None:
        """Begin a call of somebody who has a clock of his own."""
        skew = self.timeline.faults.skew
        task = Task(name, tenant_id=tenant_id, skew=self.timeline.rng.uniform(-skew, skew) if skew else 0.0)
        self.timeline.spawn(task, work)

    def _reconcile(self, patience: Patience) -> None:
        try:
            reconcile_runs(patience=patience, log=self.log, publisher=self.topic, clock=self.clock)
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
        self.timeline.task.step_id = message.command.step_id
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
            if not self.timeline.task.has_met_fault:
                raise ViolationError(f"all messages are held back though nothing broke: {error}") from error
            self.topic.refuse(message, delivery)
        except UnforeseenError:
            self.timeline.say("answers 500")
            self.topic.refuse(message, delivery)
        except (InvalidError, ConflictError) as error:
            raise ViolationError(f"a command of ours is refused: {error}") from error
        else:
            self.timeline.say(f"answers 200: {handled.stance.value}")
            self.topic.acknowledge(message, delivery)

    def _require_own(self, job: Job) -> None:
        """A job is its run's tenant's, and so are the rows that it is about."""
        run_id = RunId(job.labels["run_id"])
        owner = self.tenants_by_run[run_id]
        rows_of = RunId(job.job_id.split("_")[1])
        if {job.tenant_id, job.labels["tenant_id"], self.tenants_by_run[rows_of]} != {owner}:
            raise ViolationError(f"a job of run {run_id} of {owner} is another tenant's: {job.tenant_id}")

    def _require_turn(self, command: RunStep) -> None:
        """A run that has not started gets its first command only when it is its turn, as far as can be known."""
        task, log = self.timeline.task, self.log
        if task.tenant_id not in {None, command.tenant_id}:
            raise ViolationError(f"{task.tenant_id} publishes a command of {command.tenant_id}")
        self._require_bounds(command)
        plan = log.queued[command.run_id].plan
        if task.run_id == command.run_id or plan.concurrent_runs is None or _has_started(log, command.run_id):
            return
        listed_at = self.timeline.moment_of(task.listed_at)
        under_way = [
            run_id
            for run_id, queued in log.queued.items()
            if queued.tenant_id == command.tenant_id
            and run_id not in {command.run_id, task.run_id}
            and _has_started(log, run_id, by=listed_at - LOG_LAG)
            and log.was_open(run_id, listed_at)
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


def _has_started(log: SimulatedLog, run_id: RunId, *, by: datetime | None = None) -> bool:
    return any(
        isinstance(row.event, StepEvent) and (by is None or row.appended_at <= by) for row in log.rows[run_id]
    )
