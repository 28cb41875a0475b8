"""API keys, in memory and in BigQuery."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_keys import BigQueryKeys
from shared.adapters.bigquery_tables import BigQueryTables
from shared.adapters.counted_strangers import CountedStrangers
from shared.config.standard_tables import standard_table
from shared.domain.api_key import ActiveKey, ApiKey, hash_key
from shared.domain.errors import UnauthorizedError
from shared.ports import Keys
from shared.usecases.authenticate import authenticate
from tests.fakes.clock import NOON, SetClock
from tests.fakes.keys import MemoryKeys


def key(secret: str, *, tenant_id: str = "acme", age: timedelta = timedelta(0), **more: Any) -> ApiKey:
    return ApiKey(
        api_key_hash=hash_key(secret),
        tenant_id=tenant_id,
        description="for tests",
        last4=secret[-4:],
        is_active=True,
        created_at=NOON - age,
        created_by="somebody",
        expires_at=more.get("expires_at"),
    )


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def in_bigquery(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, clock: SetClock
) -> BigQueryKeys:
    tables.create_table(tenant, standard_table("api_keys"))
    return BigQueryKeys(client, dataset=tenant, refresh_after=timedelta(0), clock=clock)


@pytest.fixture(params=["memory", "bigquery"])
def keys(request: pytest.FixtureRequest) -> Keys:
    """Both implementations, empty."""
    found: Callable[[], Keys] = {
        "memory": MemoryKeys,
        "bigquery": lambda: request.getfixturevalue("in_bigquery"),
    }[request.param]
    return found()


def test_a_key_is_found_by_its_hash_as_it_was_kept(keys: Keys) -> None:
    kept = key("cdp_one", expires_at=NOON + timedelta(days=1))

    keys.insert(kept)

    assert keys.find(hash_key("cdp_one"), anew=True) == ActiveKey(
        api_key_hash=hash_key("cdp_one"), tenant_id="acme", expires_at=NOON + timedelta(days=1)
    )
    assert keys.find(hash_key("cdp_two"), anew=True) is None
    assert keys.list_keys("acme") == [kept]


def test_a_tenants_keys_are_listed_newest_first(keys: Keys) -> None:
    old, recent, other = key("old", age=timedelta(days=1)), key("recent"), key("other", tenant_id="umbrella")

    for each in (old, recent, other):
        keys.insert(each)

    assert keys.list_keys("acme") == [recent, old]


def test_a_key_can_be_revoked_as_soon_as_it_was_inserted(keys: Keys) -> None:
    keys.insert(key("cdp_one"))

    count = keys.revoke("acme", hash_key("cdp_one")[:8])

    assert (count, keys.find(hash_key("cdp_one"), anew=True)) == (1, None)
    assert keys.revoke("acme", hash_key("cdp_one")[:8]) == 0


def test_another_tenants_key_is_not_revoked(keys: Keys) -> None:
    keys.insert(key("cdp_one"))

    assert keys.revoke("umbrella", hash_key("cdp_one")) == 0
    assert keys.find(hash_key("cdp_one"), anew=True) is not None


def test_of_several_rows_of_one_key_the_revoked_one_counts(keys: Keys) -> None:
    keys.insert(key("cdp_one"))
    keys.revoke("acme", hash_key("cdp_one"))
    keys.insert(key("cdp_one"))

    assert keys.find(hash_key("cdp_one"), anew=True) is None


def test_of_several_rows_of_one_key_the_first_end_counts(keys: Keys) -> None:
    for days in (2, 1, 3):
        keys.insert(key("cdp_one", expires_at=NOON + timedelta(days=days)))
    keys.insert(key("cdp_one"))

    found = keys.find(hash_key("cdp_one"), anew=True)

    assert found is not None
    assert found.expires_at == NOON + timedelta(days=1)


def test_a_key_of_two_tenants_is_nobodys(keys: Keys) -> None:
    keys.insert(key("cdp_one"))
    keys.insert(key("cdp_one", tenant_id="umbrella"))

    assert keys.find(hash_key("cdp_one"), anew=True) is None


def test_a_revoked_key_is_forgotten_within_a_minute(in_bigquery: BigQueryKeys, clock: SetClock) -> None:
    in_bigquery.insert(key("cdp_one"))
    in_bigquery.find(hash_key("cdp_one"), anew=True)
    in_bigquery.revoke("acme", hash_key("cdp_one"))

    clock.advance(timedelta(seconds=60))

    assert in_bigquery.find(hash_key("cdp_one"), anew=True) is None


def test_rows_written_by_hand_that_are_not_active_open_nothing_and_harm_no_other(
    client: bigquery.Client, in_bigquery: BigQueryKeys, tenant: str
) -> None:
    by_hand = [hash_key(f"by hand {number}") for number in range(5)]
    client.query_and_wait(
        f"INSERT INTO `{tenant}.api_keys` (api_key_hash, tenant_id, is_active) VALUES "
        f"('{by_hand[0]}', 'acme', NULL), ('{by_hand[1]}', 'acme', FALSE), "
        f"('{by_hand[2]}', 'acme', TRUE), ('{by_hand[2]}', 'acme', NULL), "
        f"('{by_hand[3]}', 'no tenant at all', TRUE), ('{by_hand[4]}', 'acme', TRUE)"
    )

    found = [in_bigquery.find(each, anew=True) for each in by_hand]

    assert found[:3] == [None, None, None]
    assert found[3] is not None
    assert not found[3].opens(by_hand[3], now=NOON)
    assert found[4] is not None
    assert found[4].opens(by_hand[4], now=NOON)


class CountingClient:
    """Google's client, that counts the queries that are made through it."""

    def __init__(self, client: bigquery.Client) -> None:
        self._client = client
        self.queries = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def query_and_wait(self, *values: Any, **named: Any) -> Any:
        self.queries += 1
        return self._client.query_and_wait(*values, **named)


@pytest.mark.usefixtures("in_bigquery")
def test_a_thousand_wrong_keys_in_a_minute_are_six_queries(
    client: bigquery.Client, tenant: str, clock: SetClock
) -> None:
    counting = CountingClient(client)
    keys = BigQueryKeys(
        cast(bigquery.Client, counting), dataset=tenant, refresh_after=timedelta(seconds=10), clock=clock
    )
    strangers = CountedStrangers(clock)

    for number in range(1000):
        with pytest.raises(UnauthorizedError):
            authenticate(
                f"wrong {number}", address=f"address {number}", keys=keys, strangers=strangers, clock=clock
            )
        clock.advance(timedelta(milliseconds=60))

    assert counting.queries == 6
