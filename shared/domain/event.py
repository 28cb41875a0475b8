"""Facts that happened to a run. They are appended and never changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import Field, TypeAdapter

from shared.domain import ids
from shared.domain.ids import EventId, PipelineId, RunId, TenantId
from shared.domain.message import LONGEST_MESSAGE, shortened
from shared.domain.model import ADDED, GrownModel, Model, UtcTime, unless_recorded
from shared.domain.plan import Plan, StepType
from shared.domain.progress import Progress
from shared.domain.rule_result import RuleResult

TriggerKind = Literal["api", "schedule", "backfill", "cli"]

_LONGEST_STEP = 100 + len(": ")
"""What a run's message has before its step's: a step's id has at most 100 characters."""


def _told(message: str) -> str:
    return shortened(message, longest=LONGEST_MESSAGE - _LONGEST_STEP)


Message = Annotated[str, unless_recorded(_told)]
"""What went wrong, cut so that the run's message, which names the step before it, is no longer than any other.

What is recorded stays as it is: the views show that.
"""


class Metrics(GrownModel):
    """What a step read, wrote and cost, summed over its BigQuery jobs.

    `rows_quarantined` are those of `rows_in` that were set aside; None where none can be.
    """

    rows_in: int | None = None
    rows_out: int | None = None
    rows_quarantined: Annotated[int | None, ADDED] = None
    quality_passed: bool | None = None
    bytes_processed: int = 0
    bytes_billed: int = 0
    slot_ms: int = 0
    job_ids: tuple[str, ...] = ()


class _Event(GrownModel):
    tenant_id: TenantId
    pipeline_id: PipelineId
    run_id: RunId
    occurred_at: UtcTime


class _StepEvent(_Event):
    step_number: int
    step_id: str
    step_type: StepType
    attempt: int


class BackfillPart(Model):
    """Of which backfill a run is a part, and how many of its runs may be under way at once.

    `parameter` is the date range that tells its runs apart, `run_count` how many runs it was accepted with; whoever
    only counts runs may leave these two out.
    """

    backfill_id: RunId
    concurrent_runs: int
    parameter: str | None = None
    run_count: int | None = None


class RunQueued(_Event):
    """The run was accepted, with its plan. `request_hash` tells whether a repeated request is the same one."""

    event_type: Literal["RunQueued"] = "RunQueued"
    trigger: TriggerKind
    triggered_by: str
    request_hash: str
    plan: Plan
    rerun_of: RunId | None = None
    backfill: BackfillPart | None = None


class StepStarted(_StepEvent):
    """An attempt at the step began."""

    event_type: Literal["StepStarted"] = "StepStarted"


class StepSucceeded(_StepEvent):
    """The step's effect is in the tables. For dq, `results` holds every rule's.

    `reading_id` names the reading whose rows they are, where what it took is remembered.
    """

    event_type: Literal["StepSucceeded"] = "StepSucceeded"
    metrics: Metrics
    results: tuple[RuleResult, ...] = ()
    reading_id: Annotated[str | None, ADDED] = None


class StepRetried(_StepEvent):
    """The attempt failed in a way that may pass; another follows, not before `retry_at` where that is known.

    An attempt that `lost_turn` to others who wrote the table doesn't count for `retry`.
    """

    event_type: Literal["StepRetried"] = "StepRetried"
    error_message: Message
    retry_at: UtcTime | None = None
    lost_turn: Annotated[bool, ADDED] = False


class StepFailed(_StepEvent):
    """The step failed for good."""

    event_type: Literal["StepFailed"] = "StepFailed"
    error_message: Message
    metrics: Metrics = Metrics()
    results: tuple[RuleResult, ...] = ()


class StepSkipped(_StepEvent):
    """The step will never start, because one that it needs failed."""

    event_type: Literal["StepSkipped"] = "StepSkipped"
    error_message: Message


class RunCancelled(_Event):
    """Somebody cancelled the run."""

    event_type: Literal["RunCancelled"] = "RunCancelled"
    cancelled_by: str


class RunTimedOut(_Event):
    """The run went past its timeout."""

    event_type: Literal["RunTimedOut"] = "RunTimedOut"
    error_message: Message


class ReadingContinued(_Event):
    """A sign of life of the delivery that began at `began_at` and reads a step's source; the last one says so.

    It means nothing to what became of the run, and is no fact that its commands carry.
    """

    event_type: Literal["ReadingContinued"] = "ReadingContinued"
    step_number: int
    attempt: int
    began_at: UtcTime
    is_over: bool = False


class SourceRead(_Event):
    """A delivery has read a step's source to its end; one part of what it took, if that is much.

    It means nothing to what became of the run, and is no fact that its commands carry. Its rows are in the `table` only
    if a StepSucceeded names the reading. `way` says how the source was read, `began_at` when the delivery began.
    """

    event_type: Literal["SourceRead"] = "SourceRead"
    step_number: int
    attempt: int
    reading_id: str
    part: int
    began_at: UtcTime
    table: str
    way: str
    progress: Progress


Event = Annotated[
    RunQueued
    | StepStarted
    | StepSucceeded
    | StepRetried
    | StepFailed
    | StepSkipped
    | RunCancelled
    | RunTimedOut
    | ReadingContinued
    | SourceRead,
    Field(discriminator="event_type"),
]
StepEvent = StepStarted | StepSucceeded | StepRetried | StepFailed | StepSkipped
StepEnding = StepSucceeded | StepFailed | StepSkipped
ForcedEnding = RunCancelled | RunTimedOut
Sign = ReadingContinued | SourceRead
"""What is recorded while a source is read, and is no fact about what became of the run."""

EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def event_id(event: Event) -> EventId:
    """The id of the fact: the same whoever records it, and whenever."""
    if isinstance(event, StepEvent):
        return ids.event_id(
            run_id=event.run_id,
            event_type=event.event_type,
            step_number=event.step_number,
            attempt=event.attempt,
        )
    if isinstance(event, ReadingContinued):
        return ids.event_id(
            run_id=event.run_id,
            event_type=event.event_type,
            step_number=event.step_number,
            attempt=event.attempt,
            moments=(event.began_at, event.occurred_at),
        )
    if isinstance(event, SourceRead):
        return ids.event_id(
            run_id=event.run_id,
            event_type=event.event_type,
            step_number=event.step_number,
            attempt=event.attempt,
            reading=(event.reading_id, event.part),
        )
    return ids.event_id(run_id=event.run_id, event_type=event.event_type)


_Ending = TypeVar("_Ending", StepEnding, ForcedEnding)


def earliest(events: Iterable[_Ending]) -> _Ending | None:
    """The ending that came first, which is the one that counts; of several at once the same one every time.

    A success counts before all else, because the step's effect is in the tables: two deliveries of one command may end
    differently, and the steps that the unlucky one skipped may then start after all.
    """
    return min(events, key=_place, default=None)


_RANK = {"StepFailed": 1, "StepSkipped": 2}


def _place(event: StepEnding | ForcedEnding) -> tuple[int, datetime, str, int]:
    attempt = event.attempt if isinstance(event, StepEvent) else 0
    return (_RANK.get(event.event_type, 0), event.occurred_at, event.event_type, attempt)
