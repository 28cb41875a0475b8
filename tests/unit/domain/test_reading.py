"""Who reads a step's source, as the log tells."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from shared.domain.event import Event, ReadingContinued, StepStarted, event_id
from shared.domain.reading import Reading, live_reading, readings_of
from tests.fakes.clock import NOON
from tests.fakes.runs import folded
from tests.unit.domain.histories import PIPELINE, RUN, TENANT, of_step, queued


def at(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def ingest_started(*, seconds: int = 0) -> StepStarted:
    return StepStarted.model_validate({**of_step(1, seconds=seconds), "step_type": "ingest"})


def sign(*, seconds: int, began: int = 0, attempt: int = 1, is_over: bool = False) -> ReadingContinued:
    return ReadingContinued(
        tenant_id=TENANT,
        pipeline_id=PIPELINE,
        run_id=RUN,
        occurred_at=at(seconds),
        step_number=1,
        attempt=attempt,
        began_at=at(began),
        is_over=is_over,
    )


def reading(*, began: int, seen: int, is_over: bool = False) -> Reading:
    return Reading(step_number=1, attempt=1, began_at=at(began), seen_at=at(seen), is_over=is_over)


def test_signs_of_life_are_put_together_by_delivery_in_whatever_order_they_come() -> None:
    events: list[Event] = [
        ingest_started(),
        sign(seconds=20),
        ingest_started(seconds=30),
        sign(seconds=50, began=30, is_over=True),
        sign(seconds=40),
    ]

    expected = (reading(began=0, seen=40), reading(began=30, seen=50, is_over=True))
    assert {readings_of([*order, order[0]]) for order in permutations(events)} == {expected}


def test_other_steps_do_not_read() -> None:
    assert readings_of([queued(), StepStarted.model_validate(of_step(1))]) == ()


@pytest.mark.parametrize(
    ("alive_since", "before", "found"),
    [
        (40, None, reading(began=0, seen=40)),
        (41, None, reading(began=10, seen=60)),
        (61, None, None),
        (40, 10, reading(began=0, seen=40)),
        (40, 0, None),
    ],
)
def test_a_reading_is_alive_while_it_shows_itself(
    alive_since: int, before: int | None, found: Reading | None
) -> None:
    readings = (
        reading(began=0, seen=40),
        reading(began=5, seen=99, is_over=True),
        reading(began=10, seen=60),
    )

    alive = live_reading(
        readings,
        step_number=1,
        attempt=1,
        alive_since=at(alive_since),
        before=None if before is None else at(before),
    )

    assert alive == found


def test_another_attempts_reading_is_none_of_this_one() -> None:
    assert live_reading((reading(began=0, seen=9),), step_number=1, attempt=2, alive_since=at(0)) is None
    assert live_reading((reading(began=0, seen=9),), step_number=2, attempt=1, alive_since=at(0)) is None


def test_a_sign_of_life_keeps_a_run_from_being_taken_for_lost_and_changes_nothing_else() -> None:
    facts: list[Event] = [queued(), ingest_started(seconds=1)]
    quiet = folded(facts)

    run = folded([*facts, sign(seconds=300, began=1)])

    assert run.last_seen_at == at(300)
    assert run.readings == (reading(began=1, seen=300),)
    assert run.model_copy(update={"last_seen_at": at(1), "readings": quiet.readings}) == quiet


def test_each_sign_of_life_has_an_id_of_its_own_that_bigquery_takes() -> None:
    ids = {event_id(sign(seconds=20)), event_id(sign(seconds=40)), event_id(sign(seconds=40, began=1))}

    assert len(ids) == 3
    assert max(map(len, ids)) <= 128
