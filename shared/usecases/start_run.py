"""Accept a run: fix its plan, record it, publish its first steps."""

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pydantic import JsonValue

from shared.domain.errors import InvalidError, NotYetError
from shared.domain.event import RunQueued, TriggerKind
from shared.domain.fold import fold
from shared.domain.ids import PipelineId, RunId, run_id_at, run_id_for_key
from shared.domain.pipeline import Address
from shared.domain.planning import plan
from shared.domain.run import LOG_LAG, Run
from shared.domain.slots import Wait
from shared.ports import Clock, Configs, EventLog, Publisher, Tables
from shared.usecases.read_runs import read_runs, read_wait
from shared.usecases.require_limits import require_limits
from shared.usecases.tenant_dataset import load_recipe, require_dataset, require_folder


@dataclass(frozen=True)
class Accepted:
    """A run that was accepted, and what it waits for before it starts."""

    run: Run
    wait: Wait | None


def start_run(
    address: Address,
    parameters: dict[str, JsonValue],
    *,
    trigger: TriggerKind,
    triggered_by: str,
    key: str | None = None,
    key_day: date | None = None,
    log: EventLog,
    publisher: Publisher,
    tables: Tables,
    configs: Configs,
    clock: Clock,
) -> Accepted:
    """The accepted run. Its first steps are published unless it has to wait for others of its tenant.

    With an idempotency `key` that was used for this pipeline today or yesterday (UTC), or on its own `key_day`, it is
    that run again, and its first steps are published once more if nothing has been seen of them. Raises NotFoundError
    for an unknown tenant or pipeline, InvalidError for a wrong configuration, wrong parameters or another request's
    key, NotYetError for an unknown key just after midnight, TooManyError if the tenant's limits allow no more today.
    """
    dataset_location = require_dataset(address.tenant_id, tables=tables)
    now, request_hash = clock.now(), _request_hash(address, parameters)
    run = _earlier(address, key, day=key_day, now=now, log=log, configs=configs)
    if run is None:
        recipe = load_recipe(address, dataset_location=dataset_location, configs=configs)
        made, run_id = plan(recipe, parameters, today=now.date()), _run_id(address, key, day=key_day, now=now)
        require_limits(address.tenant_id, recipe.tenant.limits, run_ids=[run_id], log=log, clock=clock)
        queued = RunQueued(
            tenant_id=address.tenant_id, pipeline_id=address.pipeline_id, run_id=run_id, occurred_at=clock.now(),
            trigger=trigger, triggered_by=triggered_by, request_hash=request_hash, plan=made,
        )  # fmt: skip
        run = record(queued, log=log)
    require_same_request(run, request_hash)
    return Accepted(run, start_or_wait(run, log=log, publisher=publisher))


def start_or_wait(run: Run, *, log: EventLog, publisher: Publisher) -> Wait | None:
    """Publish the run's first steps that have not started, unless it has to wait for others."""
    wait = read_wait(run, log=log)
    if wait is None:
        for command in run.next_commands(after=None):
            publisher.publish(command)
    return wait


def record(queued: RunQueued, *, log: EventLog) -> Run:
    """The run whose acceptance this is, from now on to be found in the log.

    Of two acceptances of one run the earlier one counts, so its time is that of its recording, when its plan is made.
    """
    log.append([queued])
    run = fold([queued])
    assert run is not None  # noqa: S101 - its RunQueued is there
    return run


def require_same_request(run: Run, request_hash: str) -> None:
    """Raise InvalidError for a run that was made for another request under the same key."""
    if run.request_hash != request_hash:
        raise InvalidError("This Idempotency-Key was used for another request", code="idempotency_key_reused")


def _run_id(address: Address, key: str | None, *, day: date | None, now: datetime) -> RunId:
    if key is None:
        return run_id_at(now)
    return run_id_for_key(pipeline=address.pipeline_id, key=key, day=day or now.date())


def _earlier(
    address: Address, key: str | None, *, day: date | None, now: datetime, log: EventLog, configs: Configs
) -> Run | None:
    """The run that was already made for this request. Raises NotFoundError where the tenant's folder is gone."""
    if key is None:
        return None
    if day is None:
        found = find_by_key(address.tenant_id, address.pipeline_id, key, today=now.date(), log=log)
        if found is None:
            require_yesterday_in_sight(now)
    else:
        run_id = run_id_for_key(pipeline=address.pipeline_id, key=key, day=day)
        found = next(iter(read_runs(address.tenant_id, [run_id], log=log)), None)
    if found is not None:
        require_folder(address.tenant_id, configs=configs)
    return found


def find_by_key(
    tenant_id: str, pipeline_id: PipelineId, key: str, *, today: date, log: EventLog
) -> Run | None:
    """The pipeline's run that was asked for with this idempotency key today or yesterday."""
    days = (today - timedelta(days=1), today)
    run_ids = [run_id_for_key(pipeline=pipeline_id, key=key, day=day) for day in days]
    return next(iter(read_runs(tenant_id, run_ids, log=log)), None)


def require_yesterday_in_sight(now: datetime, *, of: str = "this Idempotency-Key was used") -> None:
    """In the first 60 s of a UTC day, refuse what is unknown: yesterday's may not be visible. Raises NotYetError."""
    in_sight_at = datetime.combine(now.date(), time.min, tzinfo=UTC) + LOG_LAG
    if now < in_sight_at:
        raise NotYetError(
            f"A UTC day has just begun, and whether {of} at the end of the last one is not known yet; "
            "try again in a minute",
            retry_after_seconds=math.ceil((in_sight_at - now).total_seconds()),
        )


def _request_hash(address: Address, parameters: dict[str, JsonValue]) -> str:
    request = json.dumps([address.text, parameters], sort_keys=True)
    return hashlib.sha256(request.encode()).hexdigest()
