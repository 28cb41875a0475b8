"""Say what a run would do if it were asked for now. Nothing is started, nothing is recorded."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from shared.domain.errors import ForbiddenError, StatementError, StepError
from shared.domain.ids import run_id_at
from shared.domain.message import listed
from shared.domain.pipeline import Address
from shared.domain.plan import Plan, PlannedDq, PlannedIngest, PlannedStep
from shared.domain.plan_difference import change_lines, plan_changes
from shared.domain.planning import plan
from shared.domain.run import Run
from shared.domain.run_list import RunQuery, since_when
from shared.domain.run_preview import (
    ChangePreview,
    QueryPreview,
    RunPreview,
    SourcePreview,
    StepPreview,
    TablePreview,
    query_preview,
)
from shared.domain.secrecy import without_secrets
from shared.ports import Clock, Configs, EventLog, Tables, Warehouse
from shared.steps.attempt import Attempt
from shared.steps.foreseen_query import ForeseenQuery, foreseen_query, refusal_message
from shared.steps.required_tables import UsedTable, used_tables
from shared.usecases.preview_limits import preview_limits
from shared.usecases.read_runs import read_runs
from shared.usecases.tenant_dataset import load_recipe, require_dataset

_LATEST = 20
"""Among how many of the pipeline's latest runs one is looked for that did all of its steps."""


def preview_run(
    address: Address,
    parameters: dict[str, JsonValue],
    *,
    log: EventLog,
    warehouse: Warehouse,
    tables: Tables,
    configs: Configs,
    clock: Clock,
) -> RunPreview:
    """What a run with these parameters would do, each step with its SQL and what BigQuery says that it would read.

    Raises what `start_run` raises for an unknown pipeline, a wrong configuration or wrong parameters. A limit of the
    tenant's is told, not raised.
    """
    dataset_location = require_dataset(address.tenant_id, tables=tables)
    recipe = load_recipe(address, dataset_location=dataset_location, configs=configs)
    now = clock.now()
    made = plan(recipe, parameters, today=now.date())
    run_id, look = run_id_at(now), _Look(warehouse, tables)
    steps = tuple(
        look.step(Attempt(plan=made, run_id=run_id, step=step, number=1, now=now, until=now))
        for step in made.steps
    )
    last = _last_run(made, log=log, clock=clock)
    return RunPreview(
        pipeline_id=made.pipeline_id,
        location=made.location,
        timeout_seconds=made.timeout_seconds,
        parameters=made.parameters,
        steps=steps,
        limits=preview_limits(made, recipe.tenant.limits, steps, run_id=run_id, log=log, clock=clock),
        compared_with=last.run_id if last else None,
        changes=_changes(last.plan, made) if last else (),
    )


def _last_run(made: Plan, *, log: EventLog, clock: Clock) -> Run | None:
    """The latest run in sight that did not only the rest of another."""
    page = log.list_runs(
        RunQuery(
            tenant_id=made.tenant_id,
            pipeline_id=made.pipeline_id,
            since=since_when(None, now=clock.now()),
            limit=_LATEST,
        )
    )
    whole = next((summary.run_id for summary in page.runs if summary.rerun_of is None), None)
    return next(iter(read_runs(made.tenant_id, [whole], log=log)), None) if whole else None


def _changes(before: Plan, now: Plan) -> tuple[ChangePreview, ...]:
    return tuple(
        ChangePreview(place=change.place, lines=tuple(change_lines(change)))
        for change in plan_changes(before, now)
    )


@dataclass(frozen=True)
class _Look:
    """A look at a tenant's tables and queries, which changes none of them. Each table is looked at once."""

    warehouse: Warehouse
    tables: Tables
    seen: dict[tuple[str, bool], TablePreview] = field(default_factory=dict)

    def step(self, attempt: Attempt) -> StepPreview:
        """The step, and what is known of it now."""
        step = attempt.step
        tables = tuple(self._table(used, attempt) for used in used_tables(attempt))
        query = foreseen_query(attempt)
        return StepPreview(
            number=step.number,
            id=step.id,
            type=step.type,
            needs=step.needs,
            source=_source(step),
            rules=tuple(rule.id for rule in step.rules) if isinstance(step, PlannedDq) else (),
            mode=None if isinstance(step, PlannedDq) else step.destination.mode,
            scope=step.scope if isinstance(step, PlannedDq) else None,
            window=step.window if isinstance(step, PlannedDq) else step.destination.window,
            keys=() if isinstance(step, PlannedDq) else step.destination.keys,
            tables=tables,
            query=self._query(query, attempt, tables=tables) if query else None,
        )

    def _table(self, used: UsedTable, attempt: Attempt) -> TablePreview:
        key = (used.table.name, used.is_written)
        if key not in self.seen:
            self.seen[key] = self._seen_now(used, attempt)
        return self.seen[key]

    def _seen_now(self, used: UsedTable, attempt: Attempt) -> TablePreview:
        name, tenant_id = used.table.name, attempt.plan.tenant_id
        try:
            found = self.tables.find_table(tenant_id, used.table, purpose=used.purpose)
        except ForbiddenError:
            return TablePreview(name=name, purpose=used.purpose, is_known=False)
        return TablePreview(name=name, purpose=used.purpose, found=found)

    def _query(
        self, query: ForeseenQuery, attempt: Attempt, *, tables: tuple[TablePreview, ...]
    ) -> QueryPreview:
        job, reason = query.job, None
        missing = [table.name for table in tables if table.is_known and table.found is None]
        if query.reads_staging:
            reason = "it reads the staging table that the step itself fills"
        elif missing:
            reason = f"{listed(missing)} is not there before the run"
        if reason is not None:
            return query_preview(job.sql, job.parameters, unknown_because=reason)
        try:
            estimate = self.warehouse.estimate(job)
        except StepError as error:
            growing = [table.name for table in tables if table.found and table.found.lacking]
            told = refusal_message(error, attempt, job) if isinstance(error, StatementError) else str(error)
            if growing:
                reason = (
                    f"{listed(growing)} gets its new columns during the run; until then BigQuery says: {told}"
                )
                return query_preview(job.sql, job.parameters, unknown_because=reason)
            return query_preview(job.sql, job.parameters, problem=told)
        except ForbiddenError as error:
            return query_preview(job.sql, job.parameters, unknown_because=str(error))
        if estimate.bytes_processed is None:
            reason = "BigQuery doesn't say it of several statements at once"
        return query_preview(job.sql, job.parameters, estimate=estimate, unknown_because=reason)


def _source(step: PlannedStep) -> SourcePreview | None:
    if not isinstance(step, PlannedIngest):
        return None
    place = without_secrets(step.source.needs.place, ())
    return SourcePreview(name=step.source_name, type=step.source.type, place=place)
