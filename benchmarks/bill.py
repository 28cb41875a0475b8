"""What 1,000 runs of three steps would cost on Google Cloud: what one run asks for, counted, times list prices.

The seconds of the functions can't be counted here: how long BigQuery takes is not known from its stand-in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from google.cloud import bigquery

from benchmarks import prices
from benchmarks.figure import Figure
from benchmarks.meter import Counting, log_of, read_bytes
from benchmarks.report import number
from benchmarks.stage import Caller, Stage
from benchmarks.tenant import TENANT, THREE_STEPS
from shared.adapters.bigquery_log import event_row
from shared.domain.command import RunStep
from shared.domain.event import Event, RunQueued, StepStarted
from shared.domain.fold import distinct
from shared.domain.ids import RunId

GROUP = "1,000 runs of three steps at Google's list prices"
RUNS = 1_000
LOOKS = 5
"""How often whoever asked for a run looks at it."""


@dataclass(frozen=True)
class _Seconds:
    """Estimated seconds of one call of a function, and its size."""

    what: str
    calls: int
    seconds: float
    vcpu: float
    gib: float

    @property
    def dollars(self) -> float:
        """One run's share."""
        time = self.seconds * (self.vcpu * prices.VCPU_SECOND + self.gib * prices.GIB_SECOND)
        return self.calls * (time + prices.MILLION_REQUESTS / 1e6)

    @property
    def note(self) -> str:
        size = f"{self.vcpu:g} vCPU and {self.gib:g} GiB"
        return f"estimated: {self.calls} × {self.seconds:g} s of {size}, shared with nobody"


def bill(stage: Stage, caller: Caller) -> Iterator[Figure]:
    """The dollars of each thing that is billed, and their sum."""
    run = caller.finish(caller.post(THREE_STEPS), every=0.05)
    client, run_id = stage.client(), RunId(run["run_id"])
    facts = distinct(log_of(Counting(client)).read(TENANT, [run_id]))
    parts = [
        *_queries(client, run_id, steps=len(run["steps"]), own_bytes=run["metrics"]["bytes_billed"]),
        _rows(facts),
        _messages(facts),
        *(
            Figure(GROUP, each.what, RUNS * each.dollars, "$", note=each.note)
            for each in _functions(len(run["steps"]))
        ),
    ]
    yield from parts
    yield Figure(
        GROUP, "together", sum(part.value or 0 for part in parts), "$", note="free allowances left out"
    )


def _functions(steps: int) -> tuple[_Seconds, ...]:
    return (
        _Seconds("the executor", steps, 5, vcpu=1, gib=2),
        _Seconds("`triggers`", 1, 2, vcpu=1, gib=1),
        _Seconds("`runs`", LOOKS, 1, vcpu=1, gib=0.5),
    )


def _queries(client: bigquery.Client, run_id: RunId, *, steps: int, own_bytes: int) -> Iterator[Figure]:
    counts = {"trigger": 1, "step": steps, "get": LOOKS}
    billed = {action: read_bytes(client, action, tenant_id=TENANT, run_id=run_id).billed for action in counts}
    total = sum(counts[action] * billed[action] for action in counts)
    note = ", ".join(f"{counts[action]} × {action} {number(billed[action] / 1e6)} MB" for action in counts)
    yield _queried("reads of metadata", total, note)
    yield _queried("the tenant's jobs", own_bytes, f"{number(own_bytes / 1e6)} MB; the load job is free")


def _queried(what: str, billed: int, note: str) -> Figure:
    return Figure(GROUP, what, RUNS * billed / prices.TIB * prices.QUERY_TIB, "$", note=note)


def _rows(facts: Sequence[Event]) -> Figure:
    sizes = [
        sum(len(str(value)) for value in event_row(fact).values() if value is not None) for fact in facts
    ]
    billed = sum(max(prices.LEAST_STREAMED_BYTES, size) for size in sizes)
    dollars = RUNS * billed / (200 * prices.MIB) * prices.STREAMED_200_MIB
    return Figure(GROUP, "rows of the log", dollars, "$", note=f"{len(facts)} rows, {billed:,} bytes billed")


def _messages(facts: Sequence[Event]) -> Figure:
    """A command for each step, with what had happened until the step before it ended; published and delivered."""
    starts = [index for index, fact in enumerate(facts) if isinstance(fact, StepStarted)]
    sizes = [_message_bytes(facts[:index]) for index in starts]
    billed = 2 * sum(max(prices.LEAST_MESSAGE_BYTES, size) for size in sizes)
    note = f"{len(sizes)} messages in and out, {billed:,} bytes"
    return Figure(GROUP, "messages", RUNS * billed / prices.TIB * prices.MESSAGE_TIB, "$", note=note)


def _message_bytes(facts: Sequence[Event]) -> int:
    [queued] = [fact for fact in facts if isinstance(fact, RunQueued)]
    step = queued.plan.steps[0]
    command = RunStep(tenant_id=queued.tenant_id, run_id=queued.run_id, step_id=step.id, facts=tuple(facts))
    return len(command.model_dump_json().encode())
