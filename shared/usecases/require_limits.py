"""A tenant's limits of a day, looked at before a run is accepted."""

import math
from collections.abc import Sequence
from datetime import datetime

from shared.domain.day_use import DayUse, day_begin, reached_limit
from shared.domain.errors import Figures, InvalidError, TooManyError
from shared.domain.ids import RunId
from shared.domain.tenant import Limits
from shared.ports import Clock, Configs, EventLog


def require_limits(
    tenant_id: str,
    limits: Limits,
    *,
    requested: int = 1,
    run_ids: Sequence[RunId] = (),
    log: EventLog,
    clock: Clock,
) -> None:
    """Raise TooManyError if the tenant may not start so many more runs today, all of them.

    The log is asked only where there is a limit. It may not show the last 60 s yet: a burst may go beyond the limit by
    what was accepted, and by what ended, in that time. Those with `run_ids`, which are to be accepted, are not counted.
    """
    if not limits.has_days or not requested:
        return
    now = clock.now()
    use = log.read_day_use(tenant_id, since=day_begin(now), besides=run_ids)
    reached = reached_limit(limits, use, requested=requested, now=now)
    if reached is not None:
        raise TooManyError(
            _sentence(tenant_id, reached),
            code="limit_reached",
            retry_after_seconds=math.ceil((reached.ends_at - now).total_seconds()),
            figures=reached,
        )


def limits_of(tenant_id: str, *, configs: Configs) -> Limits:
    """The tenant's limits; of a `tenant.yml` with mistakes in it, which starts nothing new, none but the defaults."""
    try:
        return configs.load_tenant(tenant_id).limits
    except InvalidError:
        return Limits()


def limit_problem(tenant_id: str, limits: Limits, use: DayUse, *, now: datetime) -> str | None:
    """Why the tenant may start no run at this moment, None where it may."""
    reached = reached_limit(limits, use, requested=1, now=now)
    return None if reached is None else _sentence(tenant_id, reached)


def _sentence(tenant_id: str, reached: Figures) -> str:
    name = f"limits.{reached.limit}"
    again = f"{reached.ends_at:%Y-%m-%dT%H:%M:%SZ}"
    if reached.limit == "bytes_billed_per_day":
        return (
            f"Tenant {tenant_id} has billed {reached.used:,} bytes of the {reached.allowed:,} that {name} allows in a "
            f"UTC day: runs are accepted again at {again}"
        )
    asked = "one more is" if reached.requested == 1 else f"{reached.requested:,} more are"
    said = (
        f"Tenant {tenant_id} has started {reached.used:,} of the {reached.allowed:,} runs that {name} allows in a UTC "
        f"day, and {asked} asked for: "
    )
    if reached.requested > reached.allowed:
        return f"{said}no day takes so many; larger chunks make fewer runs"
    return f"{said}as many are accepted again at {again}"
