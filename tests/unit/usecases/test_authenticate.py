"""Who is calling."""

from datetime import timedelta

import pytest

from shared.adapters.counted_strangers import CountedStrangers
from shared.domain.api_key import ActiveKey, ApiKey, hash_key
from shared.domain.errors import ForbiddenError, TooManyError, TransientError, UnauthorizedError
from shared.domain.tenant import Principal
from shared.ports import Keys
from shared.usecases.authenticate import authenticate as authenticate_from
from shared.usecases.authenticate import authenticate_scheduler
from tests.fakes.acme import KEY, key_of
from tests.fakes.clock import NOON, SetClock
from tests.fakes.keys import MemoryKeys
from tests.fakes.tokens import MemoryTokens

SCHEDULER = "scheduler@convergence.iam.gserviceaccount.com"
TOKENS = MemoryTokens({"good": SCHEDULER, "other": "somebody@convergence.iam.gserviceaccount.com"})

ADDRESS = "192.0.2.1"


def authenticate(
    key: str | None,
    *,
    keys: Keys,
    clock: SetClock,
    strangers: CountedStrangers | None = None,
    address: str = ADDRESS,
) -> Principal:
    return authenticate_from(
        key, address=address, keys=keys, strangers=strangers or CountedStrangers(clock), clock=clock
    )


class WatchedKeys(MemoryKeys):
    """Keys that note for which of them the snapshot may be read anew, and that can be out of reach."""

    def __init__(self, *keys: ApiKey) -> None:
        super().__init__(*keys)
        self.asked: list[bool] = []
        self.error: Exception | None = None

    def find(self, api_key_hash: str, *, anew: bool = True) -> ActiveKey | None:
        self.asked.append(anew)
        if self.error is not None:
            raise self.error
        return super().find(api_key_hash)


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


def test_a_key_of_several_tenants_opens_nothing() -> None:
    keys = MemoryKeys(key_of("acme", KEY), key_of("umbrella", KEY))

    with pytest.raises(UnauthorizedError):
        authenticate(KEY, keys=keys, clock=SetClock())


def test_after_twenty_wrong_keys_an_address_is_told_to_wait_and_only_known_keys_are_let_in_from_there() -> (
    None
):
    clock, keys = SetClock(), WatchedKeys(key_of("acme", KEY))
    strangers = CountedStrangers(clock)
    for number in range(20):
        with pytest.raises(UnauthorizedError):
            authenticate(f"wrong {number}", keys=keys, clock=clock, strangers=strangers)
    assert keys.asked == [True] * 20

    with pytest.raises(TooManyError) as caught:
        authenticate("wrong again", keys=keys, clock=clock, strangers=strangers)
    principal = authenticate(KEY, keys=keys, clock=clock, strangers=strangers)

    assert (caught.value.code, caught.value.retry_after_seconds) == ("too_many_wrong_keys", 60)
    assert principal.tenant_id == "acme"
    assert keys.asked[20:] == [False, False]
    with pytest.raises(UnauthorizedError):
        authenticate("wrong", keys=keys, clock=clock, strangers=strangers, address="192.0.2.2")
    clock.advance(timedelta(seconds=60))
    with pytest.raises(UnauthorizedError):
        authenticate("wrong", keys=keys, clock=clock, strangers=strangers)


def test_no_key_and_one_that_cannot_be_judged_count_for_nothing() -> None:
    clock, keys = SetClock(), WatchedKeys(key_of("acme", KEY))
    strangers = CountedStrangers(clock)

    keys.error = TransientError("BigQuery is away")
    for _ in range(50):
        with pytest.raises(UnauthorizedError):
            authenticate(None, keys=keys, clock=clock, strangers=strangers)
        with pytest.raises(TransientError):
            authenticate("unknown", keys=keys, clock=clock, strangers=strangers)

    assert strangers.wait_seconds(ADDRESS) is None


def test_what_is_too_long_for_a_key_is_a_wrong_one_that_nobody_looks_for() -> None:
    clock, keys = SetClock(), WatchedKeys()
    strangers = CountedStrangers(clock)

    for _ in range(20):
        with pytest.raises(UnauthorizedError):
            authenticate("x" * 201, keys=keys, clock=clock, strangers=strangers)

    assert (keys.asked, strangers.wait_seconds(ADDRESS)) == ([], 60)


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
