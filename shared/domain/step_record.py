"""What became of one step: the part of the fold that is about a single step."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal, assert_never

from shared.domain.event import (
    Event,
    Metrics,
    StepEnding,
    StepEvent,
    StepFailed,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepSucceeded,
    earliest,
)
from shared.domain.model import Model, UtcTime
from shared.domain.plan import PlannedStep, StepType
from shared.domain.rule_result import RuleResult

_NO_METRICS = Metrics()
StepStatus = Literal["PENDING", "RUNNING", "RETRYING", "SUCCESS", "FAILED", "SKIPPED", "CANCELLED"]


class StepRecord(Model):
    """What became of one step so far."""

    number: int
    id: str
    type: StepType
    status: StepStatus
    attempt: int
    started_at: UtcTime | None
    completed_at: UtcTime | None
    error_message: str | None
    retry_at: UtcTime | None
    """Not before when the next attempt may begin, if the last one said so."""
    metrics: Metrics
    results: tuple[RuleResult, ...]

    @property
    def duration_ms(self) -> int | None:
        """From the first start to the end."""
        return milliseconds_between(self.started_at, self.completed_at)

    @property
    def warnings(self) -> tuple[RuleResult, ...]:
        """The results of the rules of severity `warn` that did not hold."""
        return tuple(result for result in self.results if result.severity == "warn" and not result.passed)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to the step."""
        return self.status in {"SUCCESS", "FAILED", "SKIPPED", "CANCELLED"}


def record_of(step: PlannedStep, facts: Sequence[Event], *, forced: bool) -> StepRecord:
    """The step's record from the run's distinct facts; `forced` says whether the run was ended from outside."""
    own = [fact for fact in facts if isinstance(fact, StepEvent) and fact.step_number == step.number]
    ending = earliest(_endings(own))
    starts = [fact.occurred_at for fact in own if isinstance(fact, StepStarted)]
    last_retry = _last_retry(own)
    return StepRecord(
        number=step.number,
        id=step.id,
        type=step.type,
        status=_step_status(own, ending, forced=forced),
        attempt=max((fact.attempt for fact in own), default=0),
        started_at=min(starts, default=None),
        completed_at=ending.occurred_at if ending else None,
        error_message=_step_error(own, ending),
        retry_at=last_retry.retry_at if last_retry and ending is None else None,
        metrics=ending.metrics if isinstance(ending, StepSucceeded | StepFailed) else _NO_METRICS,
        results=ending.results if isinstance(ending, StepSucceeded | StepFailed) else (),
    )


def _endings(own: Sequence[StepEvent]) -> Iterator[StepEnding]:
    """The endings that count. Ignores a StepFailed of an attempt that a later attempt followed.

    Ignores a StepSkipped of a step that has started: the need that seemed to have failed has succeeded.
    """
    latest = max((_attempt_begun(fact) for fact in own), default=0)
    for fact in own:
        match fact:
            case StepSucceeded():
                yield fact
            case StepFailed():
                if fact.attempt >= latest:
                    yield fact
            case StepSkipped():
                if latest == 0:
                    yield fact
            case StepStarted() | StepRetried():
                continue
            case _:
                assert_never(fact)


def _attempt_begun(fact: StepEvent) -> int:
    match fact:
        case StepStarted():
            return fact.attempt
        case StepRetried():
            return fact.attempt + 1
        case _:
            return 0


def _step_status(own: Sequence[StepEvent], ending: StepEnding | None, *, forced: bool) -> StepStatus:
    match ending:
        case StepSucceeded():
            return "SUCCESS"
        case StepFailed():
            return "FAILED"
        case StepSkipped():
            return "SKIPPED"
        case None if forced:
            return "CANCELLED"
        case None:
            return _status_under_way(own)


def _status_under_way(own: Sequence[StepEvent]) -> StepStatus:
    if not own:
        return "PENDING"
    started = max((fact.attempt for fact in own if isinstance(fact, StepStarted)), default=0)
    retried = max((fact.attempt for fact in own if isinstance(fact, StepRetried)), default=0)
    return "RUNNING" if started > retried else "RETRYING"


def _step_error(own: Sequence[StepEvent], ending: StepEnding | None) -> str | None:
    if ending is not None:
        return None if isinstance(ending, StepSucceeded) else ending.error_message
    last_retry = _last_retry(own)
    return last_retry.error_message if last_retry else None


def _last_retry(own: Sequence[StepEvent]) -> StepRetried | None:
    retries = [fact for fact in own if isinstance(fact, StepRetried)]
    return max(retries, key=lambda fact: fact.attempt, default=None)


def milliseconds_between(start: datetime | None, end: datetime | None) -> int | None:
    """Whole milliseconds from one to the other, once both are known; 0 where the end comes first.

    It may: a run can be cancelled before its first step starts, and the clocks of two instances differ.
    """
    if start is None or end is None:
        return None
    return max(end - start, timedelta(0)) // timedelta(milliseconds=1)
