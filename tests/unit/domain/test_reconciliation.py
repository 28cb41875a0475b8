"""Which runs somebody has to look after, and what they need."""

from datetime import timedelta

import pytest

from shared.domain.event import Event
from shared.domain.ids import RunId, pipeline_id, run_id_for_key
from shared.domain.reconciliation import Patience, commands_to_go_on, runs_to_reconcile
from shared.domain.run import LONGEST_QUEUEING
from shared.domain.slots import OpenRun
from tests.fakes.clock import NOON
from tests.fakes.runs import folded
from tests.unit.domain import histories

PATIENCE = Patience(stale_after=timedelta(minutes=15), lost_after=timedelta(minutes=2))
A_MINUTE = timedelta(minutes=1)
TWO_DAYS = timedelta(days=2)


def queued(
    key: str, *, tenant_id: str = "acme", limit: int | None = None, age: timedelta = timedelta(minutes=2)
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
        updated_at=NOON - age,
        last_seen_at=NOON - age,
        timeout_seconds=3600,
        concurrent_runs=limit,
        backfill=None,
    )


def running(
    key: str,
    *,
    started: timedelta,
    seen: timedelta,
    updated: timedelta | None = None,
    tenant_id: str = "acme",
    limit: int | None = None,
) -> OpenRun:
    """A run that started, was last seen, and last updated, so long before noon."""
    return queued(key, tenant_id=tenant_id, limit=limit, age=started).model_copy(
        update={
            "status": "RUNNING",
            "started_at": NOON - started,
            "last_seen_at": NOON - seen,
            "updated_at": NOON - (seen if updated is None else updated),
        }
    )


def due(*open_runs: OpenRun) -> list[RunId]:
    runs = runs_to_reconcile(open_runs, now=NOON, patience=PATIENCE, seldom=NOON - TWO_DAYS)
    return [run.run_id for run in runs]


@pytest.mark.parametrize(
    ("seconds", "is_due"),
    [
        (59, False),
        (60, True),
        (209, True),
        (210, False),
        (1019, False),
        (1020, True),
        (1169, True),
        (1170, False),
    ],
)
def test_a_queued_run_is_due_once_the_log_would_show_its_start_and_again_each_quarter(
    seconds: int, is_due: bool
) -> None:
    run = queued("monday", age=timedelta(seconds=seconds))

    assert due(run) == ([run.run_id] if is_due else [])


@pytest.mark.parametrize("age", [TWO_DAYS + timedelta(minutes=10), LONGEST_QUEUEING + timedelta(days=1)])
def test_what_is_not_looked_at_each_time_is_due_whenever_it_is_looked_at(age: timedelta) -> None:
    run = queued("monday", age=age)

    assert due(run) == [run.run_id]


@pytest.mark.parametrize(
    ("started", "seen", "is_due"),
    [
        (1200, 119, False),
        (1200, 120, True),
        (1200, 269, True),
        (1200, 270, False),
        (1200, 900, True),
        (1200, 1080, True),
        (3599, 0, False),
        (3600, 0, True),
    ],
)
def test_a_running_run_is_due_when_it_stands_still_or_takes_too_long(
    started: int, seen: int, is_due: bool
) -> None:
    run = running("monday", started=timedelta(seconds=started), seen=timedelta(seconds=seen))

    assert due(run) == ([run.run_id] if is_due else [])


@pytest.mark.parametrize(("seconds", "is_due"), [(119, False), (120, True)])
def test_a_run_that_is_read_is_looked_at_for_the_sake_of_its_other_steps(seconds: int, is_due: bool) -> None:
    ten_minutes, updated = timedelta(minutes=10), timedelta(seconds=seconds)
    run = running("monday", started=ten_minutes, seen=timedelta(0), updated=updated)

    assert due(run) == ([run.run_id] if is_due else [])


@pytest.mark.parametrize(
    ("seconds", "is_due"), [(-1, False), (0, True), (149, True), (150, False), (900, True)]
)
def test_a_run_that_has_paused_is_due_when_its_pause_is_over(seconds: int, is_due: bool) -> None:
    seen = timedelta(seconds=1000)  # A pause may be longer than anything else that is waited for.
    run = running("monday", started=seen, seen=timedelta(seconds=300 + seconds)).model_copy(
        update={"resume_at": NOON - timedelta(seconds=seconds)}
    )

    assert due(run) == ([run.run_id] if is_due else [])


@pytest.mark.parametrize(
    ("count", "minutes", "are_due"), [(24, 2.5, False), (25, 2.5, True), (25, 3.5, False), (400, 14.9, True)]
)
def test_a_crowd_of_runs_is_due_for_as_many_calls_as_it_takes(
    count: int, minutes: float, are_due: bool
) -> None:
    seen = timedelta(minutes=20)
    runs = [
        running(f"{number}", started=seen, seen=timedelta(0), updated=timedelta(0)).model_copy(
            update={"resume_at": NOON - minutes * A_MINUTE}
        )
        for number in range(count)
    ]

    assert len(due(*runs)) == (count if are_due else 0)


def test_runs_that_pause_or_wait_are_no_crowd() -> None:
    seen = timedelta(minutes=2.5)
    pausing = running("monday", started=seen, seen=timedelta(0)).model_copy(
        update={"resume_at": NOON + A_MINUTE}
    )
    others = [running(f"{number}", started=A_MINUTE, seen=timedelta(0)) for number in range(50)]
    resumed = pausing.model_copy(update={"resume_at": NOON - seen})

    assert due(resumed, *[pausing] * 50, *others) == []


@pytest.mark.parametrize("minutes", [3, 5])
def test_what_is_due_is_done_within_the_hour_where_calls_come_more_seldom_than_was_said(minutes: int) -> None:
    since = NOON - timedelta(seconds=1)

    for late in range(minutes):
        calls = [NOON + (late + minutes * call) * A_MINUTE for call in range(60 // minutes)]
        assert any(PATIENCE.is_time(now, since=since) for now in calls)


def test_a_run_that_waits_for_another_is_not_due_until_it_has_waited_as_long_as_any_may() -> None:
    first = running("first", started=timedelta(minutes=1), seen=timedelta(0), limit=1)
    waiting = queued("second", limit=1)
    forgotten = queued("third", limit=1, age=LONGEST_QUEUEING)

    assert due(first, waiting, forgotten) == [forgotten.run_id]


def test_one_run_of_each_tenant_comes_before_the_next_of_any() -> None:
    acme = [queued(f"{number}") for number in range(3)]
    umbrella = [queued(f"{number}", tenant_id="umbrella") for number in range(2)]

    ids = due(*acme, *umbrella)

    of_acme = [run_id in {run.run_id for run in acme} for run_id in ids]
    assert of_acme in ([True, False, True, False, True], [False, True, False, True, True])


def test_what_comes_last_in_one_minute_does_not_in_all() -> None:
    runs = [queued(f"{number}", age=TWO_DAYS * 2) for number in range(9)]
    last = {
        runs_to_reconcile(runs, now=NOON + minute * A_MINUTE, patience=PATIENCE, seldom=NOON)[-1].run_id
        for minute in range(20)
    }

    assert len(last) > 1


def test_a_limit_counts_the_runs_of_its_tenant_only() -> None:
    other = running("first", started=timedelta(minutes=1), seen=timedelta(0), tenant_id="umbrella", limit=1)
    run = queued("second", limit=1)

    assert due(other, run) == [run.run_id]


def asked_of(seconds: int, *events: Event) -> list[str]:
    """The steps that get a command so long after noon."""
    now = NOON + timedelta(seconds=seconds)
    return [each.step_id for each in commands_to_go_on(folded(events), now=now, patience=PATIENCE)]


ACCEPTED, STARTED = histories.queued(), histories.started(1)


@pytest.mark.parametrize(
    ("events", "due_after"),
    [
        ([ACCEPTED], 120),
        ([ACCEPTED, STARTED], 900),
        ([ACCEPTED, STARTED, histories.started(1, seconds=400)], 1300),
        ([ACCEPTED, STARTED, histories.retried(1, retry_at=NOON + timedelta(seconds=3600))], 3600),
        ([ACCEPTED, STARTED, histories.retried(1, retry_at=NOON + timedelta(seconds=1))], 1),
        ([ACCEPTED, STARTED, histories.retried(1, seconds=7)], 907),
    ],
)  # fmt: skip
def test_a_step_gets_a_command_once_its_pause_is_over_or_its_message_must_be_lost(
    events: list[Event], due_after: int
) -> None:
    assert asked_of(due_after - 1, *events) == []
    assert asked_of(due_after, *events) == ["step_1"]


def test_a_step_whose_message_was_lost_gets_another_though_the_branch_beside_it_goes_on() -> None:
    events: list[Event] = [
        histories.queued(histories.DIAMOND),
        STARTED,
        histories.succeeded(1, seconds=10),
        histories.started(2, seconds=100),
    ]

    assert (asked_of(129, *events), asked_of(130, *events)) == ([], ["step_3"])
