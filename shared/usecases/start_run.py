"""Accept a run: fix its plan, record it, publish its first steps."""

import hashlib
import json
from datetime import date, datetime, timedelta

from pydantic import JsonValue

from shared.domain.errors import InvalidError, NotFoundError
from shared.domain.event import RunQueued, TriggerKind
from shared.domain.fold import fold
from shared.domain.ids import RunId, run_id_at, run_id_for_key
from shared.domain.pipeline import Address
from shared.domain.planning import plan
from shared.domain.run import Run
from shared.ports import Clock, Configs, EventLog, Publisher, Tables


def start_run(
    address: Address,
    parameters: dict[str, JsonValue],
    *,
    trigger: TriggerKind,
    triggered_by: str,
    key: str | None = None,
    log: EventLog,
    publisher: Publisher,
    tables: Tables,
    configs: Configs,
    clock: Clock,
) -> Run:
    """The accepted run.

    With an idempotency `key` that was used for this pipeline today or yesterday (UTC) it is that run again, and its
    first steps are published once more if nothing has been seen of them. Raises NotFoundError for an unknown tenant or
    pipeline, InvalidError for a wrong configuration, wrong parameters, or a key used for another request.
    """
    if not tables.has_dataset(address.tenant_id):
        raise NotFoundError("Tenant not found")
    now = clock.now()
    request_hash = _request_hash(address, parameters)
    run = _find_by_key(address, key, today=now.date(), log=log) if key else None
    if run is None:
        queued = RunQueued(
            tenant_id=address.tenant_id,
            pipeline_id=address.pipeline_id,
            run_id=_run_id(address, key, now=now),
            occurred_at=now,
            trigger=trigger,
            triggered_by=triggered_by,
            request_hash=request_hash,
            plan=plan(configs.load_recipe(address), parameters, today=now.date()),
        )
        run = _record(queued, log=log)
    _require_same_request(run, request_hash)
    for command in run.next_commands(after=None):
        publisher.publish(command)
    return run


def _record(queued: RunQueued, *, log: EventLog) -> Run:
    log.append([queued])
    run = fold([queued])
    assert run is not None  # noqa: S101 - its RunQueued is there
    return run


def _require_same_request(run: Run, request_hash: str) -> None:
    if run.request_hash != request_hash:
        raise InvalidError("This Idempotency-Key was used for another request", code="idempotency_key_reused")


def _run_id(address: Address, key: str | None, *, now: datetime) -> RunId:
    if key is None:
        return run_id_at(now)
    return run_id_for_key(pipeline=address.pipeline_id, key=key, day=now.date())


def _find_by_key(address: Address, key: str, *, today: date, log: EventLog) -> Run | None:
    days = (today - timedelta(days=1), today)
    run_ids = [run_id_for_key(pipeline=address.pipeline_id, key=key, day=day) for day in days]
    events = log.read(address.tenant_id, run_ids)
    runs = (fold(event for event in events if event.run_id == run_id) for run_id in run_ids)
    return next((run for run in runs if run is not None), None)


def _request_hash(address: Address, parameters: dict[str, JsonValue]) -> str:
    request = json.dumps([address.text, parameters], sort_keys=True)
    return hashlib.sha256(request.encode()).hexdigest()
