"""The small tenant with something else in its files, and warehouses that fail as a test likes."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import JsonValue

from shared.domain.errors import AttemptError, StepError
from shared.domain.event import BackfillPart
from shared.domain.ids import PipelineId, run_id_for_key
from shared.domain.job import Job, JobHandle, JobOutcome
from shared.domain.run import Run
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import start
from tests.fakes.runs import folded, sole_acceptance
from tests.fakes.warehouse import MemoryWarehouse, OutcomeOf, succeeded, whole
from tests.fakes.world import MemoryWorld, memory_world

PIPELINE = "acme/pipelines/demo/cost/chain.yml"


def with_step(line: str) -> MemoryConfigs:
    """The tenant's files, with one more line in the chain's ingest step."""
    source = "    source: charges\n"
    return MemoryConfigs({**FILES, PIPELINE: FILES[PIPELINE].replace(source, f"{source}    {line}\n")})


def with_timeout(timeout: str) -> MemoryConfigs:
    """The tenant's files, with a timeout for the chain."""
    return MemoryConfigs({**FILES, PIPELINE: f"timeout: {timeout}\n{FILES[PIPELINE]}"})


def with_limit(concurrent_runs: int) -> MemoryConfigs:
    """The tenant's files, with a limit to the runs that are under way at once."""
    tenant = f"display_name: Acme\nlimits: {{concurrent_runs: {concurrent_runs}}}\n"
    return MemoryConfigs({**FILES, "acme/tenant.yml": tenant})


def failing(error: StepError | AttemptError, *parts: str) -> OutcomeOf:
    """Outcomes where the jobs with one of the parts in their id fail."""

    def outcome(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if any(part in job.job_id for part in parts):
            raise error
        return succeeded(job, rows)

    return outcome


class BusyWarehouse(MemoryWarehouse):
    """A warehouse in which something happens before a job is submitted or waited for; `untils` are the waits' ends."""

    def __init__(self) -> None:
        super().__init__()
        self.before_submit: list[Callable[[], object]] = []
        self.before_wait: list[Callable[[], object]] = []
        self.untils: list[datetime] = []

    def submit(self, job: Job) -> JobHandle:
        asked = whole(job)
        if self.before_submit:
            self.before_submit.pop()()
        return super().submit(asked)

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        self.untils.append(until)
        if self.before_wait:
            self.before_wait.pop()()
        return super().wait(handle, until=until)


def accepted(
    world: MemoryWorld, key: str, *, tenant_id: str = "acme", backfill: BackfillPart | None = None
) -> Run:
    """A run of the tenant that was recorded, of which nothing was published."""
    queued = sole_acceptance(start(memory_world(clock=world.clock, configs=world.configs), CHAIN).facts)
    pipeline_id = PipelineId(f"{tenant_id}-demo-cost-chain")
    run_id = run_id_for_key(pipeline=pipeline_id, key=key, day=world.clock.now().date())
    identity = {"tenant_id": tenant_id, "pipeline_id": pipeline_id}
    plan = queued.plan.model_copy(update=identity)
    own = queued.model_copy(update={**identity, "run_id": run_id, "plan": plan, "backfill": backfill})
    world.log.append([own])
    return folded([own])


def parts_of(run: Run, job_ids: Sequence[str]) -> list[str]:
    """What of the job ids comes after the run's id, e.g. `_1_1`, sorted."""
    return sorted(job_id.removeprefix(f"cdp_{run.run_id}") for job_id in job_ids)
