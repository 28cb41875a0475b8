"""What events add up to."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.command import Stance
from shared.domain.event import Event, RunQueued, event_id
from shared.domain.fold import distinct, fold
from shared.domain.reconciliation import Patience, commands_to_go_on
from shared.domain.run import LONGEST_QUEUEING, Run
from tests.fakes.clock import NOON
from tests.fakes.runs import folded
from tests.unit.domain.histories import (
    CHAIN,
    DIAMOND,
    cancelled,
    deliveries,
    failed,
    histories,
    queued,
    retried,
    skipped,
    started,
    succeeded,
    timed_out,
)


def statuses(run: Run) -> list[str]:
    return [run.status, *(step.status for step in run.steps)]


def moments(run: Run) -> list[str | None]:
    """After what commands are asked for: the run's acceptance, and each of its steps."""
    return [None, *(step.id for step in run.plan.steps)]


ONE_DONE: list[Event] = [queued(), started(1), succeeded(1, seconds=5)]
ALL_DONE: list[Event] = [
    *ONE_DONE,
    started(2, seconds=6),
    succeeded(2, seconds=7),
    started(3, seconds=8),
    succeeded(3, seconds=9),
]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([queued()], ["QUEUED", "PENDING", "PENDING", "PENDING"]),
        ([queued(), started(1)], ["RUNNING", "RUNNING", "PENDING", "PENDING"]),
        ([queued(), started(1), retried(1, seconds=1)], ["RUNNING", "RETRYING", "PENDING", "PENDING"]),
        (
            [queued(), started(1), retried(1, seconds=1), started(1, attempt=2, seconds=9)],
            ["RUNNING", "RUNNING", "PENDING", "PENDING"],
        ),
        (ONE_DONE, ["RUNNING", "SUCCESS", "PENDING", "PENDING"]),
        (ALL_DONE, ["SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"]),
        (
            [*ONE_DONE, failed(2, seconds=6), skipped(3, seconds=6)],
            ["FAILED", "SUCCESS", "FAILED", "SKIPPED"],
        ),
        ([queued(), cancelled(seconds=1)], ["CANCELLED", "CANCELLED", "CANCELLED", "CANCELLED"]),
        ([*ONE_DONE, cancelled(seconds=6)], ["CANCELLED", "SUCCESS", "CANCELLED", "CANCELLED"]),
        ([*ONE_DONE, timed_out(seconds=6)], ["FAILED", "SUCCESS", "CANCELLED", "CANCELLED"]),
        ([*ALL_DONE, cancelled(seconds=10)], ["SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"]),
        ([*ALL_DONE, cancelled(seconds=9)], ["SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS"]),
        ([*ALL_DONE, cancelled(seconds=8)], ["CANCELLED", "SUCCESS", "SUCCESS", "SUCCESS"]),
        ([queued(), cancelled(seconds=1), timed_out(seconds=2)], ["CANCELLED", *["CANCELLED"] * 3]),
        ([queued(), timed_out(seconds=1), cancelled(seconds=2)], ["FAILED", *["CANCELLED"] * 3]),
        ([*ONE_DONE, failed(1, seconds=6)], ["RUNNING", "SUCCESS", "PENDING", "PENDING"]),
    ],
)  # fmt: skip
def test_a_run_is_what_its_events_add_up_to(events: list[Event], expected: list[str]) -> None:
    assert statuses(folded(events)) == expected


def test_without_its_acceptance_there_is_no_run() -> None:
    assert fold([]) is None
    assert fold([started(1), succeeded(1, seconds=1)]) is None


def test_times_are_those_of_the_first_start_and_the_end() -> None:
    run = folded(ALL_DONE)

    assert run.created_at == NOON
    assert run.started_at == NOON
    assert run.completed_at == NOON + timedelta(seconds=9)
    assert run.duration_ms == 9000
    assert run.steps[1].duration_ms == 1000
    assert folded([queued()]).duration_ms is None


def test_metrics_of_the_steps_are_added_up() -> None:
    run = folded([*ONE_DONE, succeeded(2, seconds=7, rows=4)])

    assert (run.totals.rows_transformed, run.totals.bytes_billed) == (5, 20)
    assert (run.totals.rows_ingested, run.totals.quality_passed) == (None, None)


def test_the_error_of_a_run_is_that_of_the_step_that_failed_first() -> None:
    failures: list[Event] = [failed(3, seconds=4), failed(2, seconds=5)]

    run = folded([queued(DIAMOND), succeeded(1), *failures, skipped(4, seconds=5)])

    assert run.error_message == "step_3: it broke"


def test_a_failure_counts_for_nothing_once_another_attempt_follows() -> None:
    gone: list[Event] = [
        queued(),
        started(1),
        failed(1, seconds=1),
        skipped(2, seconds=1),
        skipped(3, seconds=1),
    ]

    assert statuses(folded(gone)) == ["FAILED", "FAILED", "SKIPPED", "SKIPPED"]
    assert statuses(folded([*gone, retried(1, seconds=2)])) == ["RUNNING", "RETRYING", "SKIPPED", "SKIPPED"]
    assert statuses(folded([*gone, started(1, attempt=2, seconds=3)]))[:2] == ["RUNNING", "RUNNING"]
    assert statuses(folded([*gone, retried(1, seconds=2), failed(1, attempt=2, seconds=4)]))[0] == "FAILED"


def test_a_retried_step_shows_the_error_of_its_last_attempt() -> None:
    run = folded([queued(), started(1), retried(1, seconds=1), retried(1, attempt=2, seconds=2)])

    assert (run.steps[0].error_message, run.steps[0].attempt) == ("try again", 2)
    assert run.attempt("step_1") == 3
    assert run.attempt("step_2") == 1


def test_the_plan_that_was_recorded_first_is_the_plan() -> None:
    other = queued(DIAMOND, seconds=3)

    assert folded([other, queued()]).plan == CHAIN


@given(data=st.data(), history=histories())
def test_the_fold_is_independent_of_order_and_duplicates(data: st.DataObject, history: list[Event]) -> None:
    delivered = data.draw(deliveries(history))

    run = folded(delivered)

    assert run == folded(history).model_copy(update={"last_seen_at": run.last_seen_at})
    assert run.last_seen_at == max(event.occurred_at for event in delivered)


@given(history=histories())
def test_the_facts_of_a_run_add_up_to_the_run(history: list[Event]) -> None:
    run = folded(history)

    assert folded(run.facts) == run
    assert run.facts == distinct(history)


@given(history=histories())
def test_a_run_that_has_ended_has_an_end_and_nothing_left_to_do(history: list[Event]) -> None:
    run = folded(history)

    assert run.has_ended == (run.completed_at is not None)
    if run.has_ended:
        assert all(step.has_ended for step in run.steps)
        assert run.next_commands(after=None) == ()
        assert all(run.next_commands(after=step.id) == () for step in run.steps)


@given(history=histories(), seconds=st.integers(0, 1000))
def test_a_step_is_only_done_when_all_that_it_needs_has_succeeded(history: list[Event], seconds: int) -> None:
    run = folded(history)

    for step in run.plan.steps:
        if run.stance(step, now=NOON + timedelta(seconds=seconds)) is Stance.DO:
            assert {run.step(need).status for need in step.needs} <= {"SUCCESS"}
            assert not run.step(step.id).has_ended


@given(history=histories())
def test_only_steps_that_nothing_is_known_of_are_asked_for(history: list[Event]) -> None:
    run = folded(history)
    asked = [command for after in moments(run) for command in run.next_commands(after=after)]

    for command in asked:
        assert run.step(command.step_id).status == "PENDING"
        assert command.facts == run.facts


@given(history=histories())
def test_a_run_that_can_go_on_is_asked_to_by_the_step_that_ended_last(history: list[Event]) -> None:
    run = folded(history)
    asked = {command.step_id for after in moments(run) for command in run.next_commands(after=after)}
    ready = {
        step.id
        for step in run.plan.steps
        if not run.has_ended
        and run.step(step.id).status == "PENDING"
        and all(run.step(need).status == "SUCCESS" for need in step.needs)
    }

    assert ready <= asked


@given(history=histories())
def test_events_have_one_id_for_each_fact(history: list[Event]) -> None:
    assert len({event_id(event) for event in history}) == len(history)
    assert all(len(event_id(event)) <= 128 for event in history)
    assert sum(isinstance(event, RunQueued) for event in history) == 1


def test_a_step_waits_for_a_need_only_as_long_as_the_log_can_lag() -> None:
    run = folded(ONE_DONE)
    step = run.plan.steps[2]

    assert run.stance(step, now=NOON + timedelta(seconds=64)) is Stance.WAIT
    assert run.stance(step, now=NOON + timedelta(seconds=65)) is Stance.SKIP


@pytest.mark.parametrize("ending", [failed(2, seconds=6), skipped(2, seconds=6)])
def test_a_step_whose_need_failed_is_skipped(ending: Event) -> None:
    run = folded([*ONE_DONE, ending])

    assert run.stance(run.plan.steps[2], now=NOON) is Stance.SKIP


def test_the_first_steps_and_then_those_that_need_the_last_one_are_asked_for() -> None:
    run = folded([queued(DIAMOND)])
    assert [command.step_id for command in run.next_commands(after=None)] == ["step_1"]

    run = folded([queued(DIAMOND), succeeded(1)])
    assert [command.step_id for command in run.next_commands(after="step_1")] == ["step_2", "step_3"]
    assert run.next_commands(after=None) == ()
    assert run.next_commands(after="step_2") == ()


def test_what_an_unlucky_second_delivery_skipped_goes_on_where_the_first_succeeded() -> None:
    unlucky: list[Event] = [failed(1, seconds=6), skipped(2, seconds=6), skipped(3, seconds=6)]

    run = folded([*ONE_DONE, *unlucky])
    begun = folded([*ONE_DONE, *unlucky, started(2, seconds=9)])
    later = folded([*ONE_DONE, *unlucky, started(2, seconds=9), succeeded(2, seconds=10)])

    assert statuses(run) == ["FAILED", "SUCCESS", "SKIPPED", "SKIPPED"]
    assert [command.step_id for command in run.next_commands(after="step_1")] == ["step_2"]
    assert run.stance(run.plan.steps[1], now=NOON) is Stance.DO
    assert run.stance(run.plan.steps[2], now=NOON) is Stance.SKIP
    assert statuses(begun) == ["RUNNING", "SUCCESS", "RUNNING", "SKIPPED"]
    assert statuses(later) == ["FAILED", "SUCCESS", "SUCCESS", "SKIPPED"]
    assert [command.step_id for command in later.next_commands(after="step_2")] == ["step_3"]


@pytest.mark.parametrize("stop", [cancelled, timed_out])
def test_nothing_that_was_skipped_starts_after_a_stop(stop: Callable[..., Event]) -> None:
    ended: list[Event] = [
        queued(),
        started(1),
        failed(1, seconds=5),
        skipped(2, seconds=5),
        skipped(3, seconds=5),
    ]

    run = folded([*ended, succeeded(1, seconds=8), stop(seconds=11)])

    assert run.has_ended
    assert run.next_commands(after="step_1") == ()
    assert run.stance(run.plan.steps[1], now=NOON) is Stance.SKIP


def test_a_success_counts_whenever_it_came() -> None:
    run = folded([queued(), started(1), failed(1, seconds=4), succeeded(1, seconds=5)])

    assert run.steps[0].status == "SUCCESS"
    assert run.steps[0].completed_at == NOON + timedelta(seconds=5)


def test_a_run_is_overdue_from_its_first_steps_start_plus_its_timeout() -> None:
    events: list[Event] = [queued(), started(1, attempt=2, seconds=50), started(1, seconds=10)]
    run = folded(events)
    end = NOON + timedelta(seconds=3610)

    assert run.deadline == end
    assert not run.is_overdue(end - timedelta(microseconds=1))
    assert run.is_overdue(end)
    assert not folded([*events, cancelled(seconds=60)]).is_overdue(end)


def test_a_run_that_never_starts_is_overdue_in_the_end() -> None:
    run = folded([queued()])

    assert run.deadline == NOON + LONGEST_QUEUEING
    assert not run.is_overdue(NOON + LONGEST_QUEUEING - timedelta(seconds=1))
    assert run.is_overdue(NOON + LONGEST_QUEUEING)


def test_a_step_has_its_own_timeout_over_all_its_attempts() -> None:
    limited = CHAIN.steps[0].model_copy(update={"timeout_seconds": 60})
    plan = CHAIN.model_copy(update={"steps": (limited, *CHAIN.steps[1:])})
    waiting = folded([queued(plan)])
    again = folded(
        [queued(plan), started(1, seconds=5), retried(1, seconds=9), started(1, attempt=2, seconds=20)]
    )

    assert waiting.step_deadline(limited) is None
    assert again.step_deadline(limited) == NOON + timedelta(seconds=65)
    assert again.step_deadline(CHAIN.steps[1]) is None


def test_the_steps_that_may_have_jobs_are_those_that_have_what_they_need_and_no_end() -> None:
    begun: list[Event] = [queued(DIAMOND), started(1), succeeded(1, seconds=1)]
    retrying: list[Event] = [*begun, started(2, seconds=2), retried(2, seconds=3)]

    assert [step.id for step in folded([queued(DIAMOND)]).live_steps] == ["step_1"]
    assert [step.id for step in folded(retrying).live_steps] == ["step_2", "step_3"]
    assert [step.id for step in folded([*retrying, failed(2, attempt=2, seconds=9)]).live_steps] == ["step_3"]


@pytest.mark.parametrize("stop", [cancelled(seconds=5), timed_out(seconds=5)])
def test_a_stopped_run_still_has_the_steps_whose_jobs_are_to_be_stopped_and_none_that_go_on(
    stop: Event,
) -> None:
    run = folded([queued(DIAMOND), started(1), succeeded(1, seconds=1), started(2, seconds=2), stop])

    assert [step.id for step in run.live_steps] == ["step_2", "step_3"]
    assert commands_to_go_on(run, now=NOON + timedelta(days=1), patience=Patience()) == ()
    assert {run.stance(step, now=NOON) for step in run.plan.steps} == {Stance.SKIP}


@given(history=histories())
def test_a_run_that_stands_still_can_go_on_unless_it_has_ended(history: list[Event]) -> None:
    run = folded(history)

    commands = commands_to_go_on(run, now=NOON + timedelta(days=1), patience=Patience())

    asked = [command.step_id for command in commands]
    assert asked == ([] if run.has_ended else [step.id for step in run.live_steps])
    assert run.has_ended or asked or any(step.status in {"FAILED", "SKIPPED"} for step in run.steps)
    assert all(command.facts == run.facts for command in commands)


def test_a_step_waits_until_it_is_to_be_tried_again() -> None:
    first = NOON + timedelta(seconds=30)
    retry = retried(1, seconds=1, retry_at=first)
    run = folded([queued(), started(1), retry])
    step = run.plan.steps[0]
    unsaid = folded([queued(), started(1), retry, retried(1, attempt=2, seconds=40)])

    assert run.step("step_1").retry_at == first
    assert run.stance(step, now=first - timedelta(microseconds=1)) is Stance.WAIT
    assert run.stance(step, now=first) is Stance.DO
    assert unsaid.stance(step, now=NOON) is Stance.DO
    assert folded([queued(), retry, succeeded(1, seconds=2)]).step("step_1").retry_at is None


def test_a_repeated_fact_is_a_sign_of_life_and_changes_nothing_else() -> None:
    run = folded([queued(), started(1)])

    seen = folded([queued(), started(1), started(1, seconds=400)])

    assert seen.last_seen_at == NOON + timedelta(seconds=400)
    assert seen.model_copy(update={"last_seen_at": NOON}) == run
