"""Accept a backfill: a run for each chunk that needs one, all recorded at once; publish those whose turn it is."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.domain.backfill import Backfill, BackfillRequest, Chunk, days_of, fold_backfill
from shared.domain.backfill_plan import BackfillPlan, outcomes_since, plan_backfill
from shared.domain.date_range import DateRange
from shared.domain.errors import InvalidError
from shared.domain.event import BackfillPart, RunQueued
from shared.domain.fold import fold
from shared.domain.ids import PipelineId, RunId, run_date, run_id_at, run_id_for_key
from shared.domain.pipeline import Address, Recipe
from shared.domain.run import Run
from shared.domain.run_list import RunOutcome
from shared.domain.slots import open_run, whose_turn
from shared.ports import Clock, Configs, EventLog, Publisher, Tables
from shared.usecases.read_backfill import read_backfill_runs
from shared.usecases.require_limits import require_limits
from shared.usecases.start_run import require_yesterday_in_sight
from shared.usecases.tenant_dataset import load_recipe, require_dataset, require_folder

_MOST_BYTES = 9_000_000
"""One insertAll request, of which all is recorded or nothing, takes 10 MB (BigQuery's "Quotas and limits")."""


def preview_backfill(
    address: Address,
    request: BackfillRequest,
    *,
    log: EventLog,
    tables: Tables,
    configs: Configs,
    clock: Clock,
) -> tuple[Chunk, ...]:
    """What would be done about each chunk, and why. Raises what `start_backfill` raises."""
    dataset_location = require_dataset(address.tenant_id, tables=tables)
    recipe = load_recipe(address, dataset_location=dataset_location, configs=configs)
    today = clock.now().date()
    outcomes = _outcomes(recipe, request, today=today, log=log)
    planned = plan_backfill(recipe, request, today=today, outcomes=outcomes)
    limits = recipe.tenant.limits
    require_limits(address.tenant_id, limits, requested=len(planned.to_run), log=log, clock=clock)
    return tuple(each.chunk for each in planned.chunks)


def start_backfill(
    address: Address,
    request: BackfillRequest,
    *,
    triggered_by: str,
    key: str | None = None,
    key_day: date | None = None,
    log: EventLog,
    publisher: Publisher,
    tables: Tables,
    configs: Configs,
    clock: Clock,
) -> Backfill | None:
    """The accepted backfill; None where there is nothing to do, which leaves no trace.

    With an idempotency `key` that was used for a backfill of this pipeline today or yesterday (UTC), or on its own
    `key_day`, it is that one again, completed if only a part of it was recorded. Raises NotFoundError for an unknown
    tenant or pipeline, InvalidError for a wrong configuration, a wrong request, or a key used for another request,
    NotYetError for an unknown key just after midnight, TooManyError if the tenant's limits don't allow all of it today.
    """
    dataset_location = require_dataset(address.tenant_id, tables=tables)
    asked = _Asked(address, request, triggered_by, now=clock.now())
    backfill_id, runs = _earlier(asked, key, day=key_day, log=log, configs=configs)
    if any(run.request_hash != asked.request_hash for run in runs):
        raise InvalidError("This Idempotency-Key was used for another request", code="idempotency_key_reused")
    if not _is_whole(runs):
        recipe = load_recipe(address, dataset_location=dataset_location, configs=configs)
        known = {run.run_id for run in runs}
        planned = _planned(recipe, asked, runs, today=run_date(backfill_id), log=log)
        queued = asked.queued(backfill_id, planned, besides=known, at=clock.now())
        # What was accepted once is not refused when its second half is recorded.
        if not known:
            _require_limits(queued, recipe, log=log, clock=clock)
        runs = [*runs, *_record(queued, log=log)]
    _start(runs, log=log, publisher=publisher)
    return fold_backfill(runs)


def _planned(
    recipe: Recipe, asked: "_Asked", runs: Sequence[Run], *, today: date, log: EventLog
) -> BackfillPlan:
    """What is to be run, of which these `runs` were accepted already."""
    known = {run.run_id for run in runs}
    outcomes = _outcomes(recipe, asked.request, today=today, log=log)
    return plan_backfill(
        recipe,
        asked.request,
        today=today,
        outcomes=[each for each in outcomes if each.run_id not in known],
        begun={days_of(run) for run in runs},
    )


def _outcomes(recipe: Recipe, request: BackfillRequest, *, today: date, log: EventLog) -> list[RunOutcome]:
    address, first_date = recipe.address, outcomes_since(recipe, request, today=today)
    return log.list_outcomes(address.tenant_id, address.pipeline_id, first_date=first_date)


@dataclass(frozen=True)
class _Asked:
    """A request, who made it and when."""

    address: Address
    request: BackfillRequest
    triggered_by: str
    now: datetime

    @property
    def request_hash(self) -> str:
        request = self.request.model_dump(mode="json", exclude={"dry_run"})
        text = json.dumps(["backfill", self.address.text, request], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def queued(
        self, backfill_id: RunId, planned: BackfillPlan, *, besides: set[RunId], at: datetime
    ) -> list[RunQueued]:
        """The acceptance of each chunk's run, but for those that were accepted before."""
        pipeline_id = self.address.pipeline_id
        part = BackfillPart(
            backfill_id=backfill_id,
            concurrent_runs=self.request.concurrent_runs,
            parameter=planned.parameter,
            run_count=len(planned.to_run),
        )
        every = [
            RunQueued(
                tenant_id=self.address.tenant_id,
                pipeline_id=pipeline_id,
                run_id=_run_id(pipeline_id, backfill_id, each.chunk.date_range),
                # Apart by the least there is, so that they go in the order of their days.
                occurred_at=at + timedelta(microseconds=number),
                trigger="backfill",
                triggered_by=self.triggered_by,
                request_hash=self.request_hash,
                plan=each.plan,
                backfill=part,
            )
            for number, each in enumerate(planned.to_run)
        ]
        return [queued for queued in every if queued.run_id not in besides]


def _earlier(
    asked: _Asked, key: str | None, *, day: date | None, log: EventLog, configs: Configs
) -> tuple[RunId, list[Run]]:
    """The backfill that was already made for this key with the runs it was accepted with; else a fresh id and none."""
    address, today = asked.address, asked.now.date()
    if key is None:
        return run_id_at(asked.now), []
    days = (today, today - timedelta(days=1)) if day is None else (day,)
    ids = [_backfill_id(address.pipeline_id, key, day=each) for each in days]
    for backfill_id in ids:
        found = read_backfill_runs(backfill_id, tenant_id=address.tenant_id, log=log)
        if found:
            require_folder(address.tenant_id, configs=configs)
            return backfill_id, [run for run in found if run.rerun_of is None]
    if day is None:
        require_yesterday_in_sight(asked.now)
    return ids[0], []


def _backfill_id(pipeline_id: PipelineId, key: str, *, day: date) -> RunId:
    # No caller's key holds a line end: none of theirs ever names a backfill or one of its runs.
    return run_id_for_key(pipeline=pipeline_id, key=f"\nbackfill {key}", day=day)


def _run_id(pipeline_id: PipelineId, backfill_id: RunId, days: DateRange) -> RunId:
    key = f"\n{days.text} of backfill {backfill_id}"
    return run_id_for_key(pipeline=pipeline_id, key=key, day=run_date(backfill_id))


def _is_whole(runs: Sequence[Run]) -> bool:
    part = runs[0].backfill if runs else None
    return part is not None and part.run_count is not None and len(runs) >= part.run_count


def _require_limits(queued: Sequence[RunQueued], recipe: Recipe, *, log: EventLog, clock: Clock) -> None:
    run_ids = [each.run_id for each in queued]
    tenant_id, limits = recipe.address.tenant_id, recipe.tenant.limits
    require_limits(tenant_id, limits, requested=len(run_ids), run_ids=run_ids, log=log, clock=clock)


def _record(queued: Sequence[RunQueued], *, log: EventLog) -> list[Run]:
    """The runs whose acceptance this is. Raises InvalidError for more than is recorded at once."""
    if not queued:
        return []
    # As rows hold them: the plan is JSON inside of JSON. They differ by ids and days only, which are of one length.
    size = len(queued) * len(json.dumps(json.dumps(queued[0].model_dump(mode="json"))))
    if size > _MOST_BYTES:
        raise InvalidError(
            f"The plans of {len(queued)} runs have {size:,} bytes, at most {_MOST_BYTES:,} are recorded at once: "
            "use larger chunks",
            code="invalid_backfill",
        )
    log.append(queued)
    return [run for run in (fold([each]) for each in queued) if run is not None]


def _start(runs: Sequence[Run], *, log: EventLog, publisher: Publisher) -> None:
    """Publish the first commands of the runs whose turn it is; the others are started when one ends."""
    waiting = {run.run_id: run for run in runs if run.status == "QUEUED"}
    if not waiting:
        return
    tenant_id = next(iter(waiting.values())).tenant_id
    # What was just recorded may not be in the log's sight yet.
    open_runs = {each.run_id: each for each in log.list_open_runs(tenant_id)}
    open_runs |= {run.run_id: open_run(run) for run in runs if not run.has_ended}
    for each in whose_turn(tuple(open_runs.values())):
        run = waiting.get(each.run_id)
        for command in run.next_commands(after=None) if run else ():
            publisher.publish(command)
