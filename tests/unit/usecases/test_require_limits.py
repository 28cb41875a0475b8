"""A tenant's limits of a UTC day."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.backfill import Backfill, BackfillRequest
from shared.domain.errors import Figures, TooManyError
from shared.domain.event import Metrics, StepSucceeded
from shared.domain.run import Run
from shared.domain.schedule import ScheduledPipeline
from shared.usecases.rerun_run import rerun_run
from shared.usecases.start_backfill import preview_backfill, start_backfill
from shared.usecases.start_due_runs import Due, start_due_runs
from shared.usecases.start_run import start_run
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.clock import NOON
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import cancel
from tests.fakes.wire import Wire, watched
from tests.fakes.world import MemoryWorld, memory_world

MIDNIGHT = datetime(2025, 11, 16, tzinfo=UTC)
THREE_DAYS = BackfillRequest(date_range="2025-11-01/2025-11-03", mode="all")


class OnceADay(MemoryConfigs):
    """A tenant whose chain is due at noon."""

    def load_schedules(self) -> tuple[ScheduledPipeline, ...]:
        return (
            ScheduledPipeline(
                job="daily",
                tenant="acme",
                provider="demo",
                domain="cost",
                pipeline="chain",
                cron="0 12 * * *",
                timezone="Etc/UTC",
            ),
        )


def world_with(limits: str) -> MemoryWorld:
    tenant = f"display_name: Acme\nlimits: {limits}\n"
    return memory_world(configs=OnceADay({**FILES, "acme/tenant.yml": tenant}))


def started(world: MemoryWorld, key: str | None = None) -> Run:
    return start_run(
        CHAIN,
        {},
        trigger="api",
        triggered_by="somebody",
        key=key,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    ).run


def backfilled(world: MemoryWorld, request: BackfillRequest = THREE_DAYS) -> Backfill | None:
    return start_backfill(
        CHAIN,
        request,
        triggered_by="somebody",
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )


def billed(run: Run, bytes_billed: int, *, attempt: int = 1) -> StepSucceeded:
    step = run.plan.steps[0]
    return StepSucceeded(
        tenant_id=run.tenant_id,
        pipeline_id=run.pipeline_id,
        run_id=run.run_id,
        occurred_at=NOON,
        step_number=step.number,
        step_id=step.id,
        step_type=step.type,
        attempt=attempt,
        metrics=Metrics(bytes_billed=bytes_billed),
    )


def test_no_more_runs_are_accepted_in_a_day_than_the_limit_says() -> None:
    world = world_with("{runs_per_day: 2}")
    first = started(world, "a key")
    started(world)
    events = world.log.events

    with pytest.raises(TooManyError) as caught:
        started(world)
    again = started(world, "a key")

    assert caught.value.code == "limit_reached"
    assert caught.value.figures == Figures("runs_per_day", 2, 1, 2, MIDNIGHT)
    assert caught.value.retry_after_seconds == 12 * 3600
    assert str(caught.value) == (
        "Tenant acme has started 2 of the 2 runs that limits.runs_per_day allows in a UTC day, and one more is asked "
        "for: as many are accepted again at 2025-11-16T00:00:00Z"
    )
    assert again.run_id == first.run_id
    assert world.log.events == events
    world.clock.advance(timedelta(hours=12))
    started(world)


def test_runs_are_accepted_until_the_bytes_of_the_day_are_billed() -> None:
    world = world_with("{bytes_billed_per_day: 20000000}")
    run = started(world)
    world.log.append([billed(run, 19_999_999)])
    started(world)
    world.log.append([billed(run, 20_000_000), billed(run, 1, attempt=2)])

    with pytest.raises(TooManyError, match="has billed 20,000,001 bytes of the 20,000,000 that") as caught:
        started(world)

    assert caught.value.figures == Figures("bytes_billed_per_day", 20_000_001, 1, 20_000_000, MIDNIGHT)


def test_a_backfill_is_refused_whole_and_its_dry_run_says_so() -> None:
    world = world_with("{runs_per_day: 3}")
    started(world)
    events = world.log.events

    for attempt in (
        lambda: backfilled(world),
        lambda: preview_backfill(
            CHAIN,
            THREE_DAYS,
            log=world.log,
            tables=world.tables,
            configs=world.configs,
            clock=world.clock,
        ),
    ):
        with pytest.raises(TooManyError, match=r"started 1 of the 3 runs .* 3 more are asked for") as caught:
            attempt()
        assert caught.value.figures == Figures("runs_per_day", 1, 3, 3, MIDNIGHT)

    assert world.log.events == events
    world.clock.advance(timedelta(days=1))
    assert backfilled(world) is not None


def test_a_backfill_that_no_day_takes_is_told_so() -> None:
    with pytest.raises(TooManyError, match="no day takes so many; larger chunks make fewer runs"):
        backfilled(world_with("{runs_per_day: 2}"))


def test_to_do_a_run_again_is_a_run_of_the_day() -> None:
    world = world_with("{runs_per_day: 1}")
    run = cancel(world, started(world))

    with pytest.raises(TooManyError):
        rerun_run(
            run.run_id,
            start="start",
            tenant_id="acme",
            trigger="api",
            triggered_by="somebody",
            log=world.log,
            publisher=world.publisher,
            tables=world.tables,
            configs=world.configs,
            clock=world.clock,
        )


def test_a_schedule_that_a_limit_refuses_is_seen_and_not_called_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = world_with("{runs_per_day: 1}")
    started(world)

    due = start_due_runs(
        NOON,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert due == Due(limited=1)
    assert (line["severity"], line["tenant_id"], line["pipeline_id"]) == (
        "WARNING",
        "acme",
        "acme-demo-cost-chain",
    )
    assert "limits.runs_per_day" in line["reason"]


@pytest.mark.parametrize(
    ("limits", "queries"), [("{}", 0), ("{concurrent_runs: 3}", 0), ("{runs_per_day: 3}", 1)]
)
def test_only_a_limit_of_a_day_costs_a_query(limits: str, queries: int) -> None:
    world, wire = world_with(limits), Wire()
    seen = watched(world, wire)

    start_run(
        CHAIN,
        {},
        trigger="api",
        triggered_by="somebody",
        log=seen.log,
        publisher=seen.publisher,
        tables=seen.tables,
        configs=seen.configs,
        clock=seen.clock,
    )

    assert wire.count("log", "read_day_use") == queries
