"""Ids as functions of meaning."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.ids import (
    PipelineId,
    RunId,
    event_id,
    is_run_id,
    is_tenant_id,
    job_id,
    pipeline_id,
    run_date,
    run_id_at,
    run_id_for_key,
)

# A millisecond is all that an id holds, and all that 48 bits are for.
moments = st.integers(0, 253_402_214_400_000).map(
    lambda milliseconds: datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
)
ACME = pipeline_id("acme", "gcp", "cost", "export")


def key_id(*, pipeline: PipelineId = ACME, key: str = "k", day: date = date(2025, 11, 15)) -> RunId:
    return run_id_for_key(pipeline=pipeline, key=key, day=day)


@given(moment=moments)
def test_the_run_date_is_a_function_of_the_id(moment: datetime) -> None:
    fresh, keyed = run_id_at(moment), key_id(day=moment.date())

    assert run_date(fresh) == run_date(keyed) == moment.date()
    assert is_run_id(fresh)
    assert is_run_id(keyed)
    assert (UUID(fresh).version, UUID(keyed).version) == (7, 8)
    assert UUID(fresh).variant == UUID(keyed).variant == "specified in RFC 4122"


def test_the_run_date_is_the_day_in_utc_wherever_the_caller_is() -> None:
    in_auckland = datetime(2025, 11, 16, 0, 30, tzinfo=timezone(timedelta(hours=13)))

    assert run_date(run_id_at(in_auckland)) == date(2025, 11, 15)


def test_fresh_ids_differ_and_sort_by_time() -> None:
    now = datetime(2025, 11, 15, tzinfo=UTC)
    early, late = run_id_at(now), run_id_at(now + timedelta(milliseconds=1))

    assert early < late
    assert run_id_at(now) != run_id_at(now)


def test_a_keys_id_is_the_same_every_time() -> None:
    assert key_id() == "019a84cf-c400-8d58-9421-4b5c650f91e1"


@pytest.mark.parametrize(
    "other",
    [
        key_id(key="K"),
        key_id(key="k "),
        key_id(day=date(2025, 11, 16)),
        key_id(pipeline=pipeline_id("acme", "gcp", "cost", "export2")),
        key_id(pipeline=pipeline_id("acme2", "gcp", "cost", "export")),
    ],
)
def test_a_keys_id_differs_by_key_day_pipeline_and_tenant(other: RunId) -> None:
    assert other != key_id()


@given(key=st.text(max_size=255))
def test_any_key_makes_a_run_id(key: str) -> None:
    assert is_run_id(key_id(key=key))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "runs",
        key_id().upper(),
        f"{{{key_id()}}}",
        key_id().replace("-", ""),
        f" {key_id()}",
        "7a8f0c1e-0000-4000-8000-000000000000",
        "ffffffff-ffff-7fff-8fff-ffffffffffff",
    ],
)
def test_other_texts_are_no_run_ids(text: str) -> None:
    assert not is_run_id(text)


@pytest.mark.parametrize("text", ["abc", "acme_corp_001", "A1_", "x" * 50])
def test_letters_digits_and_underscores_name_a_tenant(text: str) -> None:
    assert is_tenant_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "ab", "x" * 51, "a-b-c", "a.b", "../x", "abc\n", "metadata", "Metadata", "templates", "ährig"],
)
def test_nothing_else_names_a_tenant(text: str) -> None:
    assert not is_tenant_id(text)


def test_ids_of_events_and_jobs_say_what_they_are_about() -> None:
    run_id = key_id()

    assert event_id(run_id=run_id, event_type="RunQueued") == f"{run_id}:RunQueued"
    assert event_id(run_id=run_id, event_type="StepStarted", step_number=3, attempt=2) == (
        f"{run_id}:StepStarted:3:2"
    )
    assert job_id(run_id=run_id, step_number=3, attempt=2) == f"cdp_{run_id}_3_2"
    assert job_id(run_id=run_id, step_number=3, attempt=2, part="load") == f"cdp_{run_id}_3_2_load"
