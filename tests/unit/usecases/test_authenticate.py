"""Who is calling."""

from datetime import timedelta

import pytest

from shared.domain.api_key import hash_key
from shared.domain.errors import ForbiddenError, UnauthorizedError
from shared.domain.tenant import Principal
from shared.usecases.authenticate import authenticate, authenticate_scheduler
from tests.fakes.acme import KEY, key_of
from tests.fakes.clock import NOON, SetClock
from tests.fakes.keys import MemoryKeys
from tests.fakes.tokens import MemoryTokens

SCHEDULER = "scheduler@convergence.iam.gserviceaccount.com"
TOKENS = MemoryTokens({"good": SCHEDULER, "other": "somebody@convergence.iam.gserviceaccount.com"})


def test_a_key_belongs_to_its_tenant() -> None:
    principal = authenticate(KEY, keys=MemoryKeys(key_of("acme", KEY)), clock=SetClock())

    assert principal == Principal(tenant_id="acme", label=f"key {hash_key(KEY)[:8]}")


@pytest.mark.parametrize("key", [None, "", "cdp_wrong", KEY.upper(), f"{KEY} ", "x" * 201, "x" * 1_000_000])
def test_any_other_key_is_nobodys(key: str | None) -> None:
    with pytest.raises(UnauthorizedError, match=r"^Unauthorized$"):
        authenticate(key, keys=MemoryKeys(key_of("acme", KEY)), clock=SetClock())


def test_a_revoked_key_opens_nothing() -> None:
    keys = MemoryKeys(key_of("acme", KEY))
    keys.revoke("acme", hash_key(KEY)[:8])

    with pytest.raises(UnauthorizedError):
        authenticate(KEY, keys=keys, clock=SetClock())


def test_a_key_that_was_inserted_again_stays_revoked() -> None:
    keys = MemoryKeys(key_of("acme", KEY))
    keys.revoke("acme", hash_key(KEY)[:8])
    keys.insert(key_of("acme", KEY))

    with pytest.raises(UnauthorizedError):
        authenticate(KEY, keys=keys, clock=SetClock())


def test_a_key_works_until_it_expires() -> None:
    clock = SetClock()
    keys = MemoryKeys(key_of("acme", KEY).model_copy(update={"expires_at": NOON + timedelta(hours=1)}))

    clock.moment = NOON + timedelta(minutes=59, seconds=59)
    assert authenticate(KEY, keys=keys, clock=clock).tenant_id == "acme"
    clock.moment = NOON + timedelta(hours=1)
    with pytest.raises(UnauthorizedError):
        authenticate(KEY, keys=keys, clock=clock)


def test_a_key_of_what_no_tenant_can_be_called_opens_nothing() -> None:
    keys = MemoryKeys(key_of("metadata", KEY))

    with pytest.raises(UnauthorizedError):
        authenticate(KEY, keys=keys, clock=SetClock())


def test_the_schedulers_token_is_good() -> None:
    authenticate_scheduler("good", account=SCHEDULER, tokens=TOKENS)


@pytest.mark.parametrize("token", ["", "bad", "good "])
def test_any_other_token_is_nobodys(token: str) -> None:
    with pytest.raises(UnauthorizedError, match=r"^Unauthorized$"):
        authenticate_scheduler(token, account=SCHEDULER, tokens=TOKENS)


def test_the_good_token_of_another_account_opens_nothing() -> None:
    with pytest.raises(ForbiddenError, match=r"^Permission denied$"):
        authenticate_scheduler("other", account=SCHEDULER, tokens=TOKENS)


def test_no_token_is_good_where_there_is_no_scheduler() -> None:
    with pytest.raises(UnauthorizedError):
        authenticate_scheduler("good", account=None, tokens=TOKENS)
