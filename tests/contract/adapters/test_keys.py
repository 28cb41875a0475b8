"""API keys, in memory and in BigQuery."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_keys import REMEMBERED_FOR, BigQueryKeys
from shared.adapters.bigquery_tables import BigQueryTables
from shared.config.standard_tables import standard_table
from shared.domain.api_key import ApiKey, hash_key
from shared.ports import Keys
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
    return BigQueryKeys(client, dataset=tenant, clock=clock)


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

    assert keys.find(hash_key("cdp_one")) == kept
    assert keys.find(hash_key("cdp_two")) is None


def test_a_tenants_keys_are_listed_newest_first(keys: Keys) -> None:
    old, recent, other = key("old", age=timedelta(days=1)), key("recent"), key("other", tenant_id="umbrella")

    for each in (old, recent, other):
        keys.insert(each)

    assert keys.list_keys("acme") == [recent, old]


def test_a_key_can_be_revoked_as_soon_as_it_was_inserted(keys: Keys) -> None:
    keys.insert(key("cdp_one"))

    count = keys.revoke("acme", hash_key("cdp_one")[:8])

    found = keys.find(hash_key("cdp_one"))
    assert (count, found is not None and found.is_active) == (1, False)
    assert keys.revoke("acme", hash_key("cdp_one")[:8]) == 0


def test_another_tenants_key_is_not_revoked(keys: Keys) -> None:
    keys.insert(key("cdp_one"))

    assert keys.revoke("umbrella", hash_key("cdp_one")) == 0
    assert keys.find(hash_key("cdp_one")) == key("cdp_one")


def test_of_several_rows_of_one_key_the_revoked_one_counts(keys: Keys) -> None:
    keys.insert(key("cdp_one"))
    keys.revoke("acme", hash_key("cdp_one"))
    keys.insert(key("cdp_one"))

    found = keys.find(hash_key("cdp_one"))

    assert found is not None
    assert not found.is_active


def test_a_revoked_key_is_forgotten_within_a_minute(in_bigquery: BigQueryKeys, clock: SetClock) -> None:
    in_bigquery.insert(key("cdp_one"))
    in_bigquery.find(hash_key("cdp_one"))
    in_bigquery.revoke("acme", hash_key("cdp_one"))

    clock.advance(REMEMBERED_FOR)

    found = in_bigquery.find(hash_key("cdp_one"))
    assert found is not None
    assert not found.is_active
    assert timedelta(seconds=60) >= REMEMBERED_FOR


def test_a_row_written_by_hand_without_is_active_opens_nothing(
    client: bigquery.Client, in_bigquery: BigQueryKeys, tenant: str
) -> None:
    by_hand = hash_key("by hand")
    client.query_and_wait(
        f"INSERT INTO `{tenant}.api_keys` (api_key_hash, tenant_id, created_at) "
        f"VALUES ('{by_hand}', 'acme', CURRENT_TIMESTAMP())"
    )

    found = in_bigquery.find(by_hand)

    assert found is not None
    assert not found.opens(by_hand, now=NOON)
