"""Everything a run will do, fixed when it is accepted."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.destination import IngestDestination, TransformDestination
from shared.domain.ids import PipelineId, RunId, TenantId
from shared.domain.model import ADDED, GrownModel
from shared.domain.parameter import ParameterValue
from shared.domain.retry import Retry
from shared.domain.rule import Rule
from shared.domain.source import QuerySource, Source
from shared.domain.table import Table
from shared.domain.window import Window

StepType = Literal["ingest", "dq", "transform"]


class _PlannedStep(GrownModel):
    number: int
    id: str
    needs: tuple[str, ...]
    retry: Retry = Retry()
    timeout_seconds: int | None = None
    """How long the step may take from its first start, all attempts together; None means as long as the run may."""
    attempts_before: int = 0
    """How many attempts the run that is done again has used up; their job ids can't be used another time."""
    bytes_billed_per_step: Annotated[int | None, ADDED] = None
    """What the jobs of an attempt may bill together; None means as much as the run may."""


class PlannedIngest(_PlannedStep):
    """An ingest step with its source and table spelled out."""

    type: Literal["ingest"] = "ingest"
    source_name: str
    source: Source
    destination: IngestDestination
    table: Table

    @property
    def may_be_loaded(self) -> bool:
        """Whether BigQuery may load the source's objects by itself; lines go into tables of whole rows only."""
        needs = self.source.needs
        return needs.may_be_loaded and (self.table.takes_json or not needs.as_lines)


class PlannedDq(_PlannedStep):
    """A dq step with its rules spelled out."""

    type: Literal["dq"] = "dq"
    table: Table
    rules: tuple[Rule, ...]
    scope: Literal["run", "pipeline", "table"]
    window: Window | None = None
    on_failure: Literal["stop", "continue"]


class PlannedTransform(_PlannedStep):
    """A transform step with its SQL spelled out."""

    type: Literal["transform"] = "transform"
    sql_name: str
    sql: str
    destination: TransformDestination
    table: Table


PlannedStep = Annotated[PlannedIngest | PlannedDq | PlannedTransform, Field(discriminator="type")]


def reads_source(step: PlannedStep) -> bool:
    """Whether an attempt at the step reads a source itself, rather than by a job."""
    return isinstance(step, PlannedIngest) and not isinstance(step.source, QuerySource)


class Plan(GrownModel):
    """A run's closed plan. Steps are numbered from 1 in the order of the YAML."""

    tenant_id: TenantId
    pipeline_id: PipelineId
    location: str
    timeout_seconds: int
    """How long the run may take from its first step's start."""
    max_bytes_billed: int
    bytes_billed_per_run: Annotated[int | None, ADDED] = None
    """What its steps may bill; None means any number."""
    bytes_billed_per_day: Annotated[int | None, ADDED] = None
    """What all of the tenant's steps may bill in a UTC day; None means any number."""
    estimates: Annotated[bool, ADDED] = True
    """Whether BigQuery is asked first what a query would read, where one of these is said, or a step's own."""
    concurrent_runs: int | None = None
    """How many of the tenant's runs may be under way at once, this one included; None means any number."""
    rows_of: RunId | None = None
    """The run whose id the rows and the jobs carry, where this one only finishes what that one began."""
    parameters: tuple[ParameterValue, ...]
    steps: tuple[PlannedStep, ...]
    tables: Annotated[tuple[Table, ...], ADDED] = ()
    """The tenant's tables that a step reads and no step is about."""

    def step(self, step_id: str) -> PlannedStep | None:
        """The step of that id, if the plan has one."""
        return next((step for step in self.steps if step.id == step_id), None)

    @property
    def known_tables(self) -> dict[str, Table]:
        """The tables that its steps are about, or read, by name."""
        return {table.name: table for table in (*self.tables, *(step.table for step in self.steps))}

    def dependents(self, step_id: str) -> tuple[PlannedStep, ...]:
        """The steps that need this one directly."""
        return tuple(step for step in self.steps if step_id in step.needs)

    def all_dependents(self, step_id: str) -> tuple[PlannedStep, ...]:
        """The steps that need this one directly or through others, in plan order."""
        found: set[str] = set()
        waiting = [step_id]
        while waiting:
            fresh = {step.id for step in self.dependents(waiting.pop())} - found
            found |= fresh
            waiting.extend(fresh)
        return tuple(step for step in self.steps if step.id in found)
