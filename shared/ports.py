"""The outside, on one page. Adapters implement these; use cases name, as keywords, exactly those they use.

Every call may raise TransientError (try again later) and ForbiddenError (Google refused us).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from shared.domain.api_key import ActiveKey, ApiKey
from shared.domain.command import RunStep
from shared.domain.day_use import DayUse
from shared.domain.estimate import Estimate
from shared.domain.event import Event, RunQueued
from shared.domain.ids import PipelineId, RunId, TenantId
from shared.domain.job import Job, JobHandle, JobOutcome, QueryJob
from shared.domain.pipeline import Address, Recipe
from shared.domain.progress import SourceReading
from shared.domain.rule_figure import RuleFigure
from shared.domain.run_list import RunOutcome, RunPage, RunQuery
from shared.domain.schedule import ScheduledPipeline
from shared.domain.slots import OpenRun
from shared.domain.table import FoundTable, Purpose, Table
from shared.domain.tenant import Tenant
from shared.source_ports import Reader as Reader  # noqa: PLC0414 - to be had here, like the others

OPEN_RUN_DAYS = 35
"""How far back the runs are looked for that have not ended. None can wait or be under way for that long."""


class Clock(Protocol):
    """What time it is, in UTC."""

    def now(self) -> datetime: ...
    def sleep(self, pause: timedelta) -> None: ...


class EventLog(Protocol):
    """`metadata.run_events`: appended to, never changed."""

    def append(self, events: Sequence[Event]) -> None:
        """Record the events. When this returns, they are kept."""

    def read(
        self, tenant_id: str, run_ids: Sequence[RunId], *, known: RunQueued | None = None
    ) -> list[Event]:
        """The events of these runs of the tenant, in no order; duplicates and the newest missing are possible.

        An acceptance that is `known` is not read again.
        """

    def list_runs(self, query: RunQuery) -> RunPage:
        """One page of a tenant's runs."""

    def list_open_runs(
        self, tenant_id: str | None = None, *, ended_since: datetime | None = None, days: int = OPEN_RUN_DAYS
    ) -> list[OpenRun]:
        """The runs of so many days that have not ended, oldest first: a tenant's, or for our own use everybody's.

        Those that ended at `ended_since` or later are among them, as ENDED.
        """

    def list_reruns(self, tenant_id: str, run_id: RunId) -> list[RunId]:
        """The runs that were made to do the rest of this one, oldest first."""

    def read_day_use(self, tenant_id: str, *, since: datetime, besides: Sequence[RunId]) -> DayUse:
        """What the tenant used since a UTC day began, by runs accepted on the day before or later.

        Runs `besides` are not counted, their bytes are.
        """

    def list_backfill_runs(self, tenant_id: str, backfill_id: RunId) -> list[RunId]:
        """The runs of a backfill, those included that did one of them again, newest first."""

    def list_outcomes(self, tenant_id: str, pipeline_id: PipelineId, *, first_date: date) -> list[RunOutcome]:
        """How a pipeline's runs stand whose ids are of that day or later, and with which parameters, newest first."""

    def list_readings(
        self, tenant_id: str, pipeline_id: PipelineId, *, first_date: date
    ) -> list[SourceReading]:
        """What was read for a pipeline's steps of that day or later, and what of it is in the tables.

        In no order; duplicates and the newest missing are possible, and a reading may come in parts.
        """

    def list_figures(
        self, tenant_id: str, pipeline_id: PipelineId, *, step_id: str, first_date: date
    ) -> list[RuleFigure]:
        """What the rules of a step recorded that succeeded in runs of that day or later.

        In no order; duplicates and the newest missing are possible.
        """


class Publisher(Protocol):
    """The topic that commands travel on."""

    def publish(self, command: RunStep) -> None:
        """Hand the command over. When this returns, it will be delivered at least once."""

    def ping(self) -> None:
        """Ask whether the topic is there."""


class Warehouse(Protocol):
    """The tenants' BigQuery jobs, each submitted and looked after by its tenant's own account."""

    def require_table(self, tenant_id: TenantId, table: Table, *, purpose: Purpose, anew: bool) -> bool:
        """Have the tenant's table as it is declared, and say whether it had to be made or given columns.

        What was found once may be taken for granted, unless it is asked for `anew`. Raises StepError naming what only a
        person can mend.
        """

    def created_at(self, tenant_id: TenantId, table: str) -> datetime | None:
        """When the tenant's table was made, if it is there: it holds nothing of what was written before."""

    def estimate(self, job: QueryJob) -> Estimate:
        """What the job would read if it were submitted now. There is no job afterwards.

        Raises StepError for one that would be refused.
        """

    def submit(self, job: Job) -> JobHandle:
        """Submit the job, or adopt the one that already has its id. Raises StepError for one that is refused."""

    def find(self, handle: JobHandle) -> JobHandle | None:
        """The job, if it was ever submitted."""

    def wait(self, handle: JobHandle, *, until: datetime) -> JobOutcome:
        """What came of the job.

        Raises StepError if it failed for good, AttemptError if it failed in a way that may pass or if its id was made
        void, StillRunningError if it goes on at `until`.
        """

    def void(self, handle: JobHandle) -> bool:
        """Take the job's id, so that no job will ever do anything under it. False if a job has it already."""

    def cancel(self, handle: JobHandle) -> None:
        """Ask BigQuery to stop the job. Nothing where there is none or it is done."""


class Tables(Protocol):
    """BigQuery datasets, tables and views. Nothing here destroys any."""

    def ping(self) -> None:
        """Ask BigQuery, once, something that costs nothing."""

    def dataset_location(self, dataset: str) -> str | None:
        """Where the dataset is; None if there is none, or none that we may know of."""

    def create_dataset(self, dataset: str, *, location: str, description: str) -> None:
        """Create the dataset if it is missing. Raises ConflictError for one in another location."""

    def create_table(self, dataset: str, table: Table) -> None:
        """Create the table if it is missing; add columns it lacks. Raises ConflictError for any other difference."""

    def find_table(self, dataset: str, table: Table, *, purpose: Purpose) -> FoundTable | None:
        """The table as it is, if it is there, held against its declaration. Nothing is changed."""

    def create_view(self, dataset: str, name: str, *, sql: str, description: str) -> None:
        """Create the view, or give it this query."""


class Configs(Protocol):
    """The tenants' folders."""

    def tenant_ids(self) -> list[str]:
        """The tenants that have a folder."""

    def load_tenant(self, tenant_id: str) -> Tenant:
        """`tenant.yml`. Raises NotFoundError, or InvalidError with every problem."""

    def load_tables(self, tenant_id: str) -> tuple[Table, ...]:
        """The three standard tables and those that the tenant declares."""

    def load_schedules(self) -> tuple[ScheduledPipeline, ...]:
        """The pipelines that have a schedule. Raises InvalidError where their index is wrong."""

    def load_recipe(self, address: Address) -> Recipe:
        """The pipeline and all it names. Raises NotFoundError, or InvalidError with every problem of every file."""


class Keys(Protocol):
    """`metadata.api_keys`."""

    def find(self, api_key_hash: str, *, anew: bool) -> ActiveKey | None:
        """The active key with this hash, as it was within the last minute.

        One that is not found may be looked for `anew`, now and then: what was made just now is found within 15 s.
        Raises TransientError where nothing is known that is as new as that.
        """

    def insert(self, key: ApiKey) -> None:
        """Keep a key."""

    def list_keys(self, tenant_id: str) -> list[ApiKey]:
        """The tenant's keys, newest first."""

    def revoke(self, tenant_id: str, api_key_hash_prefix: str) -> int:
        """Make the tenant's active keys whose hash begins so inactive; how many there were."""


class Strangers(Protocol):
    """Addresses from which wrong keys came."""

    def wait_seconds(self, address: str) -> int | None:
        """For how long the address sent too many of them; None for one that didn't."""

    def count(self, address: str) -> None:
        """One more wrong key came from there."""


class Tokens(Protocol):
    """Google-signed ID tokens, by which a service account says who it is."""

    def verify(self, token: str) -> str:
        """The e-mail address of the account. Raises UnauthorizedError for a token that is not good, or not for us."""


class Secrets(Protocol):
    """The tenants' secrets."""

    def load(self, tenant_id: str, name: str) -> str:
        """The secret's value. Raises StepError naming the secret, never its value, if there is none."""


@dataclass(frozen=True)
class World:
    """One of each port, handed to a function."""

    clock: Clock
    log: EventLog
    publisher: Publisher
    warehouse: Warehouse
    tables: Tables
    configs: Configs
    keys: Keys
    strangers: Strangers
    tokens: Tokens
    reader: Reader
