"""How long a found key is remembered."""

from datetime import timedelta
from typing import Any, cast

from google.cloud import bigquery

from shared.adapters.bigquery_keys import BigQueryKeys
from shared.domain.api_key import hash_key
from tests.fakes.acme import KEY, key_of
from tests.fakes.clock import SetClock


class CountingClient:
    """A BigQuery client that has these rows for every query, and counts the queries."""

    project = "p"

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)
        self.queries = 0

    def query_and_wait(self, sql: str, **settings: Any) -> list[dict[str, Any]]:
        self.queries += 1
        return self.rows


def keys_over(client: CountingClient, clock: SetClock) -> BigQueryKeys:
    return BigQueryKeys(cast(bigquery.Client, client), dataset="metadata", clock=clock)


HASH = hash_key(KEY)
ROW = key_of("acme", KEY).model_dump()


def test_a_found_key_is_asked_for_once_a_minute() -> None:
    client, clock = CountingClient(ROW), SetClock()
    keys = keys_over(client, clock)

    for _ in range(60):
        assert keys.find(HASH) == key_of("acme", KEY)
        clock.advance(timedelta(seconds=1))
    assert client.queries == 1

    keys.find(HASH)
    assert client.queries == 2


def test_a_revoked_key_is_known_to_be_after_a_minute_however_busy_it_is() -> None:
    client, clock = CountingClient(ROW), SetClock()
    keys = keys_over(client, clock)
    keys.find(HASH)
    client.rows = [{**ROW, "is_active": False}]

    still_active = 0
    while (found := keys.find(HASH)) and found.is_active:
        still_active += 1
        clock.advance(timedelta(seconds=1))

    assert still_active == 60


def test_a_key_that_is_gone_is_forgotten_after_a_minute() -> None:
    client, clock = CountingClient(ROW), SetClock()
    keys = keys_over(client, clock)
    keys.find(HASH)
    client.rows = []
    clock.advance(timedelta(seconds=60))

    assert keys.find(HASH) is None


def test_a_key_that_was_not_found_is_asked_for_every_time() -> None:
    client = CountingClient()
    keys = keys_over(client, SetClock())
    assert keys.find(HASH) is None

    client.rows = [ROW]

    assert keys.find(HASH) == key_of("acme", KEY)


def test_each_key_is_remembered_by_itself() -> None:
    client = CountingClient(ROW)
    keys = keys_over(client, SetClock())

    keys.find(HASH)
    keys.find(hash_key("another"))

    assert client.queries == 2


def test_a_row_that_does_not_say_it_is_active_is_not() -> None:
    keys = keys_over(CountingClient({**ROW, "is_active": None}), SetClock())

    found = keys.find(HASH)
    assert found is not None
    assert found.is_active is False
