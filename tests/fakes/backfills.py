"""Asking for backfills of the small tenant's chain, as the API would."""

from datetime import date
from typing import TypedDict, Unpack

from pydantic import JsonValue

from shared.domain.backfill import Backfill, BackfillMode, BackfillRequest
from shared.domain.pipeline import Address
from shared.domain.run import Run
from shared.ports import World
from shared.usecases.cancel_backfill import cancel_backfill
from shared.usecases.read_backfill import read_backfill_runs
from shared.usecases.start_backfill import start_backfill
from tests.fakes.acme import CHAIN

THREE_DAYS = "2025-11-01/2025-11-03"
FIRST, SECOND, THIRD = (f"2025-11-0{day}/2025-11-0{day}" for day in (1, 2, 3))


class Request(TypedDict, total=False):
    """What is asked of a backfill beside its days."""

    chunk: str
    mode: BackfillMode
    parameter: str
    parameters: dict[str, JsonValue]
    concurrent_runs: int


def backfill(
    world: World,
    date_range: str = THREE_DAYS,
    *,
    key: str | None = None,
    key_day: date | None = None,
    address: Address = CHAIN,
    **request: Unpack[Request],
) -> Backfill:
    """The backfill that was accepted, in which there is something to do."""
    made = asked_for(world, date_range, key=key, key_day=key_day, address=address, **request)
    assert made is not None
    return made


def asked_for(
    world: World,
    date_range: str = THREE_DAYS,
    *,
    key: str | None = None,
    key_day: date | None = None,
    address: Address = CHAIN,
    **request: Unpack[Request],
) -> Backfill | None:
    """What comes of asking for a backfill: none where nothing is to be done."""
    return start_backfill(
        address,
        BackfillRequest.model_validate({"date_range": date_range, **request}),
        triggered_by="key 12345678",
        key=key,
        key_day=key_day,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )


def cancel(world: World, backfill_id: str, *, tenant_id: str = "acme") -> Backfill:
    """The backfill after somebody has cancelled it."""
    return cancel_backfill(
        backfill_id,
        tenant_id=tenant_id,
        cancelled_by="key 12345678",
        log=world.log,
        publisher=world.publisher,
        clock=world.clock,
    )


def runs_of(world: World, found: Backfill) -> list[Run]:
    """The backfill's runs, oldest first."""
    return read_backfill_runs(found.backfill_id, tenant_id="acme", log=world.log)[::-1]
