"""A refusal is tried again as long as the tenant's grants may be on their way, and no longer."""

from datetime import UTC, datetime, timedelta

import pytest
from google.api_core import exceptions
from google.auth import exceptions as auth_exceptions

from shared.adapters.fresh_grants import SPREAD, FreshGrants
from shared.adapters.google_errors import translated
from shared.domain.errors import ForbiddenError, NotYetError, StepError
from shared.domain.ids import TenantId
from tests.fakes.clock import SetClock

ACME = TenantId("acme")
NOW = datetime(2025, 1, 6, 12, tzinfo=UTC)
REFUSAL = exceptions.Forbidden("Access Denied")
NO_TOKEN = auth_exceptions.RefreshError(
    "Unable to acquire impersonated credentials", '{"error": {"code": 403}}'
)


def meet(refusal: Exception, grants: FreshGrants, tenant_id: TenantId = ACME) -> type[Exception]:
    """What a call that Google refuses so comes to."""
    with (
        pytest.raises((ForbiddenError, NotYetError)) as caught,
        grants.awaited(tenant_id),
        translated("submit job j"),
    ):
        raise refusal
    return caught.type


@pytest.mark.parametrize("refusal", [REFUSAL, NO_TOKEN])
@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), NotYetError),
        (SPREAD - timedelta(seconds=1), NotYetError),
        (SPREAD, ForbiddenError),
    ],
)
def test_a_refusal_passes_while_the_dataset_is_younger_than_a_quarter_of_an_hour(
    refusal: Exception, age: timedelta, expected: type[Exception]
) -> None:
    grants = FreshGrants(lambda _: NOW - age, clock=SetClock(NOW))

    assert meet(refusal, grants) is expected


def test_where_the_dataset_may_not_be_seen_the_time_counts_from_each_tenant_s_first_refusal() -> None:
    clock = SetClock(NOW)
    grants = FreshGrants(lambda _: None, clock=clock)

    seen = [meet(REFUSAL, grants)]
    clock.advance(SPREAD - timedelta(seconds=1))
    seen.append(meet(REFUSAL, grants))
    clock.advance(timedelta(seconds=1))
    seen += [meet(REFUSAL, grants), meet(REFUSAL, grants, TenantId("globex"))]

    assert seen == [NotYetError, NotYetError, ForbiddenError, NotYetError]


def test_a_refusal_of_our_own_is_for_good_whatever_the_tenant_s_age() -> None:
    grants = FreshGrants(lambda _: NOW, clock=SetClock(NOW))

    with pytest.raises(ForbiddenError, match=r"^Permission denied$"), grants.awaited(ACME):
        raise ForbiddenError("Permission denied")


def test_a_step_s_failure_passes_only_where_a_refusal_caused_it() -> None:
    grants = FreshGrants(lambda _: NOW, clock=SetClock(NOW))

    with pytest.raises(NotYetError, match=r"^no bucket; what a new tenant may takes"), grants.awaited(ACME):
        raise StepError("no bucket") from REFUSAL
    with pytest.raises(StepError, match=r"^no file$"), grants.awaited(ACME):
        raise StepError("no file") from exceptions.NotFound("")
