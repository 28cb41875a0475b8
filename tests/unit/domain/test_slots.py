"""Whose turn it is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.event import BackfillPart, Event
from shared.domain.ids import RunId
from shared.domain.slots import OpenRun, open_run, wait_of, whose_turn
from tests.fakes.clock import NOON
from tests.fakes.runs import folded
from tests.unit.domain.histories import CHAIN, queued, started

LIMITS = {"january": 1, "february": 2}
"""How many runs of each backfill may be under way at once."""


def waiting(
    number: int,
    *,
    limit: int | None = None,
    backfill: str | None = None,
    tenant: str = "acme",
    minute: int | None = None,
) -> OpenRun:
    """A run that was accepted in that minute; without one, later than those with lower numbers."""
    part = BackfillPart(backfill_id=RunId(backfill), concurrent_runs=LIMITS[backfill]) if backfill else None
    accepted_at = NOON + timedelta(minutes=number if minute is None else minute)
    return OpenRun(
        tenant_id=tenant,
        run_id=RunId(f"run {number:02}"),
        status="QUEUED",
        created_at=accepted_at,
        started_at=None,
        updated_at=accepted_at,
        last_seen_at=accepted_at,
        timeout_seconds=3600,
        concurrent_runs=limit,
        backfill=part,
    )


def under_way(run: OpenRun) -> OpenRun:
    return run.model_copy(update={"status": "RUNNING", "started_at": run.created_at})


@st.composite
def open_runs(draw: st.DrawFn, limit: int | None) -> list[OpenRun]:
    """A tenant's open runs, in no order, some of them accepted at the same moment."""
    runs = [
        waiting(number, limit=limit, backfill=draw(backfills), minute=draw(st.integers(0, 5)))
        for number in range(draw(st.integers(0, 10)))
    ]
    return draw(st.permutations([under_way(run) if draw(st.integers(0, 3)) == 0 else run for run in runs]))


backfills = st.sampled_from([None, *LIMITS])
limits = st.none() | st.integers(1, 4)


def of_backfill(runs: list[OpenRun], backfill_id: str) -> list[OpenRun]:
    return [run for run in runs if run.backfill is not None and run.backfill.backfill_id == backfill_id]


@given(data=st.data(), limit=limits)
def test_of_those_who_see_the_same_log_never_more_start_than_the_limits_allow(
    data: st.DataObject, limit: int | None
) -> None:
    runs = data.draw(open_runs(limit))
    running = [run for run in runs if run.status == "RUNNING"]

    together = [*running, *(run for run in runs if run.status == "QUEUED" and wait_of(run, runs) is None)]

    assert limit is None or len(together) <= max(limit, len(running))
    for backfill_id, own_limit in LIMITS.items():
        own = of_backfill(together, backfill_id)
        assert len(own) <= max(own_limit, len(of_backfill(running, backfill_id)))


@given(data=st.data(), limit=limits)
def test_no_run_waits_while_a_slot_is_free_for_it(data: st.DataObject, limit: int | None) -> None:
    runs = data.draw(open_runs(limit))
    turn = whose_turn(runs)
    together = [*turn, *(run for run in runs if run.status == "RUNNING")]

    for run in runs:
        if run.status == "QUEUED" and run not in turn:
            tenant_is_full = limit is not None and len(together) >= limit
            part = run.backfill
            own = of_backfill(together, part.backfill_id) if part else []
            assert tenant_is_full or (part is not None and len(own) >= part.concurrent_runs)


@given(data=st.data(), limit=st.integers(1, 4))
def test_a_backfills_runs_let_all_others_pass_and_the_oldest_goes_first(
    data: st.DataObject, limit: int
) -> None:
    runs = data.draw(open_runs(limit))
    turn = whose_turn(runs)
    others = [run for run in runs if run.status == "QUEUED" and run.backfill is None]

    if any(run not in turn for run in others):
        assert all(run.backfill is None for run in turn)
    oldest_first = sorted(others, key=lambda run: (run.created_at, run.run_id))
    first = [run for run in turn if run.backfill is None]
    assert first == oldest_first[: len(first)]


@given(data=st.data(), limit=limits)
def test_a_run_waits_exactly_when_it_is_not_its_turn(data: st.DataObject, limit: int | None) -> None:
    runs = data.draw(open_runs(limit))
    turn = whose_turn(runs)

    for run in runs:
        if run.status == "QUEUED":
            unseen = [other for other in runs if other != run]
            assert (wait_of(run, runs) is None) == (run in turn)
            assert wait_of(run, unseen) == wait_of(run, runs)


@given(data=st.data(), limit=limits)
def test_another_tenants_runs_change_nothing(data: st.DataObject, limit: int | None) -> None:
    runs = data.draw(open_runs(limit))
    theirs = [run.model_copy(update={"tenant_id": "umbrella"}) for run in data.draw(open_runs(limit))]

    assert [run for run in whose_turn([*theirs, *runs]) if run.tenant_id == "acme"] == list(whose_turn(runs))
    assert all(wait_of(run, [*theirs, *runs]) == wait_of(run, runs) for run in runs)


@given(data=st.data(), limit=limits)
def test_every_run_gets_its_turn(data: st.DataObject, limit: int | None) -> None:
    runs = data.draw(open_runs(limit))

    for _ in range(len(runs)):
        turn = whose_turn(runs)
        runs = [under_way(run) if run in turn else run for run in runs]
        assert any(run.status == "RUNNING" for run in runs)
        runs.remove(next(run for run in runs if run.status == "RUNNING"))

    assert runs == []


def test_a_run_without_limits_never_waits() -> None:
    crowd = [under_way(waiting(number)) for number in range(9)]

    assert wait_of(waiting(10), crowd) is None
    assert not waiting(10).is_limited
    assert waiting(10, limit=1).is_limited
    assert waiting(10, backfill="january").is_limited


def test_a_wait_says_why_and_names_those_under_way_first() -> None:
    older, running, run = waiting(1, limit=2), under_way(waiting(3, limit=2)), waiting(2, limit=2)

    wait = wait_of(run, [older, running, waiting(4, limit=2), run])

    assert wait is not None
    assert wait.run_ids == (running.run_id, older.run_id)
    assert wait.reason == "the tenant may have 2 runs under way at once; 2 go first"


def test_a_backfills_run_waits_for_its_own_backfill_only() -> None:
    own, other = under_way(waiting(1, backfill="january")), under_way(waiting(2, backfill="february"))

    wait = wait_of(waiting(3, backfill="january"), [own, other])

    assert wait is not None
    assert wait.run_ids == (own.run_id,)
    assert wait.reason == "the backfill may have 1 run under way at once; 1 goes first"
    assert wait_of(waiting(3, backfill="february"), [own, other]) is None


def test_runs_that_wait_for_their_own_backfill_keep_no_slot_from_another() -> None:
    january = [under_way(waiting(1, limit=2, backfill="january")), waiting(2, limit=2, backfill="january")]

    turn = whose_turn([*january, waiting(3, limit=2, backfill="february")])

    assert [run.run_id for run in turn] == ["run 03"]


@pytest.mark.parametrize(("events", "status"), [([], "QUEUED"), ([started(1, seconds=5)], "RUNNING")])
def test_a_run_is_seen_by_others_as_its_events_say(events: list[Event], status: str) -> None:
    part = BackfillPart(backfill_id=RunId("january"), concurrent_runs=1)
    plan = CHAIN.model_copy(update={"concurrent_runs": 3})
    run = folded([queued(plan).model_copy(update={"backfill": part}), *events])

    seen = open_run(run)

    assert seen == OpenRun(
        tenant_id="acme",
        run_id=run.run_id,
        status=status,
        created_at=NOON,
        started_at=run.started_at,
        updated_at=run.updated_at,
        last_seen_at=run.last_seen_at,
        timeout_seconds=3600,
        concurrent_runs=3,
        backfill=part,
    )
