"""Do a run again, from its start or from where it failed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.domain.corrected_plan import plan_of_corrected_rest
from shared.domain.errors import ConflictError
from shared.domain.event import RunQueued, TriggerKind
from shared.domain.ids import RunId, run_date, run_id_at, run_id_for_key
from shared.domain.pipeline import address_of
from shared.domain.plan import Plan
from shared.domain.planning import plan, plan_of_rest
from shared.domain.run import Run
from shared.ports import Clock, Configs, EventLog, Publisher, Tables
from shared.usecases.read_runs import read_run, read_runs
from shared.usecases.require_limits import limits_of, require_limits
from shared.usecases.start_run import (
    Accepted,
    find_by_key,
    record,
    require_same_request,
    require_yesterday_in_sight,
    start_or_wait,
)
from shared.usecases.tenant_dataset import load_recipe, require_dataset, require_folder

RerunFrom = Literal["failed", "start"]
Configuration = Literal["recorded", "current"]
"""The one that the run was accepted with, or the files as they are now."""


def rerun_run(
    run_id: str,
    *,
    start: RerunFrom,
    configuration: Configuration = "recorded",
    tenant_id: str,
    trigger: TriggerKind,
    triggered_by: str,
    key: str | None = None,
    log: EventLog,
    publisher: Publisher,
    tables: Tables,
    configs: Configs,
    clock: Clock,
) -> Accepted:
    """A new run with the old one's parameters: all of it, or only the steps that didn't succeed.

    Its plan is the old one, or with `current` the one that the files make now. A rest is done by one run, however often
    it is asked for; a whole run anew each time, but for the same idempotency `key`. A backfill's run stays part of it.
    Raises NotFoundError for no such run or folder, NotYetError for a new rest or key just after midnight, ConflictError
    for a run that goes on, has no rest or none for these files, InvalidError for wrong files or another request's key,
    TooManyError if the tenant's limits allow no more today.
    """
    require_folder(tenant_id, configs=configs)
    asked = _ask(read_run(run_id, tenant_id=tenant_id, log=log), start, configuration, key=key)
    now = clock.now()
    run = _earlier(asked, log=log, now=now)
    if run is None:
        made = _plan(asked, log=log, tables=tables, configs=configs)
        if configuration == "current":
            # Reading the files took a while, in which the rest may have been asked for otherwise.
            now = clock.now()
            run = _earlier(asked, log=log, now=now)
        if run is None:
            run_id = _run_id(asked, now=now)
            limits = limits_of(tenant_id, configs=configs)
            require_limits(tenant_id, limits, run_ids=[run_id], log=log, clock=clock)
            queued = _acceptance(asked, run_id, made, trigger=trigger, by=triggered_by, now=clock.now())
            run = record(queued, log=log)
    return Accepted(run, start_or_wait(run, log=log, publisher=publisher))


@dataclass(frozen=True)
class _Asked:
    """A request to do a run again. `key` is what it is known by when it is made twice."""

    old: Run
    start: RerunFrom
    configuration: Configuration
    key: str | None
    request_hash: str


def _ask(old: Run, start: RerunFrom, configuration: Configuration, *, key: str | None) -> _Asked:
    if not old.has_ended:
        raise ConflictError(f"The run has not ended: {old.status}", code="run_not_ended", run_id=old.run_id)
    if start == "failed" and all(step.status == "SUCCESS" for step in old.steps):
        raise ConflictError(
            "Every step of the run succeeded: nothing of it is left to do",
            code="nothing_failed",
            run_id=old.run_id,
        )
    request_hash = old.request_hash
    if configuration == "current":
        request_hash = hashlib.sha256(f"{request_hash}\n{configuration}".encode()).hexdigest()
    return _Asked(old, start, configuration, _key(old, key, start=start), request_hash)


def _acceptance(
    asked: _Asked, run_id: RunId, made: Plan, *, trigger: TriggerKind, by: str, now: datetime
) -> RunQueued:
    old = asked.old
    return RunQueued(
        tenant_id=old.tenant_id,
        pipeline_id=old.pipeline_id,
        run_id=run_id,
        occurred_at=now,
        trigger=trigger,
        triggered_by=by,
        request_hash=asked.request_hash,
        plan=made,
        rerun_of=old.run_id,
        backfill=old.backfill,
    )


def _key(old: Run, key: str | None, *, start: RerunFrom) -> str | None:
    # No header can hold the line end that it begins with: a caller's own key never finds these runs. Of two
    # configurations for one rest only one may be done, so they share it.
    if start == "failed":
        return f"\nrest of {old.run_id}"
    return f"\nrerun of {old.run_id} {key}" if key is not None else None


def _plan(asked: _Asked, *, log: EventLog, tables: Tables, configs: Configs) -> Plan:
    old = asked.old
    match asked.configuration, asked.start:
        case "recorded", "failed":
            return plan_of_rest(old)
        case "recorded", _:
            # A rest's own job ids are used up: all of it is what the first run was to do.
            first = old.plan.rows_of
            return old.plan if first is None else read_run(first, tenant_id=old.tenant_id, log=log).plan
        case _, "failed":
            return plan_of_corrected_rest(
                _rests(old, log=log), _current_plan(old, tables=tables, configs=configs)
            )
        case _:
            return _current_plan(old, tables=tables, configs=configs)


def _current_plan(old: Run, *, tables: Tables, configs: Configs) -> Plan:
    """The plan that the files make now. What the run was given stays; a default that is new counts from its day."""
    dataset_location = require_dataset(old.tenant_id, tables=tables)
    address = address_of(old.pipeline_id)
    recipe = load_recipe(address, dataset_location=dataset_location, configs=configs)
    given = {value.name: value.json_value for value in old.plan.parameters}
    return plan(recipe, given, today=run_date(old.plan.rows_of or old.run_id))


def _rests(old: Run, *, log: EventLog) -> list[Run]:
    """The run and those whose rest it did, the first one first."""
    runs = [old]
    while runs[0].plan.rows_of is not None and runs[0].rerun_of is not None:
        runs.insert(0, read_run(runs[0].rerun_of, tenant_id=old.tenant_id, log=log))
    return runs


def _earlier(asked: _Asked, *, log: EventLog, now: datetime) -> Run | None:
    """The run that was already made for this request."""
    if asked.key is None:
        return None
    old = asked.old
    found = find_by_key(old.tenant_id, old.pipeline_id, asked.key, today=now.date(), log=log)
    if asked.start == "start":
        if found is None:
            require_yesterday_in_sight(now)
        else:
            require_same_request(found, asked.request_hash)
        return found
    reruns = read_runs(old.tenant_id, log.list_reruns(old.tenant_id, old.run_id), log=log)
    of_rest = [run for run in reruns if run.plan.rows_of is not None]
    latest = found or (of_rest[-1] if of_rest else None)
    if latest is None:
        require_yesterday_in_sight(now, of="this run's rest was asked for")
    else:
        _require_same_rest(latest, asked)
    return latest


def _require_same_rest(latest: Run, asked: _Asked) -> None:
    """Raise ConflictError where the run that does the rest has failed, or does it with the other configuration."""
    if latest.has_ended and latest.status != "SUCCESS":
        message = (
            f"Run {latest.run_id} did the rest of this run and has ended: {latest.status}. Rerun that one"
        )
    elif latest.request_hash != asked.request_hash:
        message = f"Run {latest.run_id} does the rest of this run with another configuration: {latest.status}"
    else:
        return
    raise ConflictError(message, code="already_rerun", run_id=latest.run_id)


def _run_id(asked: _Asked, *, now: datetime) -> RunId:
    if asked.key is None:
        return run_id_at(now)
    return run_id_for_key(pipeline=asked.old.pipeline_id, key=asked.key, day=now.date())
