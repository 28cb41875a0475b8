"""How often a step is tried."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.errors import AttemptError, GivenUpError, LostTurnError, TransientKind
from shared.domain.retry import MOST_ATTEMPTS, MOST_TURNS_LOST, TRANSIENT_KINDS, Retry

kinds = st.sampled_from(TRANSIENT_KINDS)


def test_a_step_that_says_nothing_is_tried_three_times_whatever_passes() -> None:
    retry = Retry()

    assert (retry.attempts, retry.on) == (3, TRANSIENT_KINDS)


@given(
    attempts=st.integers(1, MOST_ATTEMPTS),
    on=st.sets(kinds, min_size=1),
    failures=st.lists(kinds, min_size=12),
)
def test_a_step_is_never_tried_more_often_than_it_says(
    attempts: int, on: set[TransientKind], failures: list[TransientKind]
) -> None:
    retry = Retry(attempts=attempts, on=tuple(on))

    tried = 1
    while retry.allows(AttemptError("it broke", kind=failures[tried - 1]), attempt=tried):
        tried += 1

    assert tried == attempts or failures[tried - 1] not in on
    assert tried <= attempts


@pytest.mark.parametrize(("attempt", "expected"), [(1, True), (2, True), (3, False), (4, False)])
def test_the_last_attempt_is_followed_by_none(attempt: int, expected: bool) -> None:
    assert Retry().allows(AttemptError("it broke", kind="quota"), attempt=attempt) is expected


def test_only_the_failures_that_are_listed_are_tried_again() -> None:
    retry = Retry(on=("quota",))

    assert retry.allows(AttemptError("too much", kind="quota"), attempt=1)
    assert not retry.allows(AttemptError("too late", kind="timeout"), attempt=1)


def test_an_attempt_that_was_given_up_is_followed_by_another_whatever_is_listed() -> None:
    retry = Retry(attempts=2, on=("quota",))

    assert not retry.allows(AttemptError("stopped from outside", kind="stopped"), attempt=1)
    assert retry.allows(GivenUpError(), attempt=1)
    assert not retry.allows(GivenUpError(), attempt=2)


def test_an_attempt_that_lost_its_turn_doesnt_count_and_is_followed_by_another_whatever_is_listed() -> None:
    retry, lost = Retry(attempts=1, on=("quota",)), LostTurnError("due to concurrent update")

    assert retry.allows(lost, attempt=1)
    assert retry.allows(lost, attempt=MOST_TURNS_LOST, turns_lost=MOST_TURNS_LOST - 1)
    assert not retry.allows(lost, attempt=MOST_TURNS_LOST + 1, turns_lost=MOST_TURNS_LOST)
    assert Retry(attempts=2).allows(AttemptError("it broke", kind="quota"), attempt=3, turns_lost=2)
    assert not Retry(attempts=2).allows(AttemptError("it broke", kind="quota"), attempt=4, turns_lost=2)


@pytest.mark.parametrize(
    "settings", [{"attempts": 0}, {"attempts": MOST_ATTEMPTS + 1}, {"on": ()}, {"on": ("bad luck",)}]
)
def test_a_retry_that_makes_no_sense_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Retry(**settings)
