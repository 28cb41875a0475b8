"""Which runs somebody has to look after."""

from datetime import timedelta

import pytest

from shared.domain.ids import RunId, pipeline_id, run_id_for_key
from shared.domain.reconciliation import runs_to_reconcile
from shared.domain.run import LONGEST_QUEUEING
from shared.domain.slots import OpenRun
from tests.fakes.clock import NOON

STALE_AFTER = timedelta(minutes=15)


def queued(
    key: str, *, tenant_id: str = "acme", limit: int | None = None, age: timedelta = timedelta(minutes=5)
) -> OpenRun:
    """A run that was accepted so long before noon and has not started."""
    return OpenRun(
        tenant_id=tenant_id,
        run_id=run_id_for_key(
            pipeline=pipeline_id(tenant_id, "demo", "cost", "chain"), key=key, day=NOON.date()
        ),
        status="QUEUED",
        created_at=NOON - age,
        started_at=None,
        last_seen_at=NOON - age,
        timeout_seconds=3600,
        concurrent_runs=limit,
        backfill=None,
    )


def running(
    key: str, *, started: timedelta, seen: timedelta, tenant_id: str = "acme", limit: int | None = None
) -> OpenRun:
    """A run that started, and was last seen, so long before noon."""
    return queued(key, tenant_id=tenant_id, limit=limit, age=started).model_copy(
        update={"status": "RUNNING", "started_at": NOON - started, "last_seen_at": NOON - seen}
    )


def due(*open_runs: OpenRun) -> list[RunId]:
    return [run.run_id for run in runs_to_reconcile(open_runs, now=NOON, stale_after=STALE_AFTER)]


@pytest.mark.parametrize(
    ("age", "is_due"),
    [
        (timedelta(seconds=59), False),
        (timedelta(seconds=60), True),
        (LONGEST_QUEUEING - timedelta(days=1), True),
        (LONGEST_QUEUEING + timedelta(days=1), True),
    ],
)
def test_a_queued_run_is_due_once_the_log_would_show_its_start(age: timedelta, is_due: bool) -> None:
    run = queued("monday", age=age)

    assert due(run) == ([run.run_id] if is_due else [])


@pytest.mark.parametrize(
    ("started", "seen", "is_due"),
    [
        (timedelta(minutes=20), timedelta(seconds=899), False),
        (timedelta(minutes=20), timedelta(seconds=900), True),
        (timedelta(seconds=3599), timedelta(0), False),
        (timedelta(seconds=3600), timedelta(0), True),
    ],
)
def test_a_running_run_is_due_when_it_stands_still_or_takes_too_long(
    started: timedelta, seen: timedelta, is_due: bool
) -> None:
    run = running("monday", started=started, seen=seen)

    assert due(run) == ([run.run_id] if is_due else [])


def test_a_run_that_waits_for_another_is_not_due_until_it_has_waited_as_long_as_any_may() -> None:
    first = running("first", started=timedelta(minutes=1), seen=timedelta(0), limit=1)
    waiting = queued("second", limit=1)
    forgotten = queued("third", limit=1, age=LONGEST_QUEUEING)

    assert due(first, waiting, forgotten) == [forgotten.run_id]


def test_one_run_of_each_tenant_comes_before_the_next_of_any() -> None:
    acme = [queued(f"{number}") for number in range(3)]
    umbrella = [queued(f"{number}", tenant_id="umbrella") for number in range(2)]

    ids = due(*acme, *umbrella)

    assert [run_id in {run.run_id for run in acme} for run_id in ids] == [True, False, True, False, True]


def test_a_limit_counts_the_runs_of_its_tenant_only() -> None:
    other = running("first", started=timedelta(minutes=1), seen=timedelta(0), tenant_id="umbrella", limit=1)
    run = queued("second", limit=1)

    assert due(other, run) == [run.run_id]
