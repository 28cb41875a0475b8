"""How often the keys are read, and what is made of a reading that fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest

from shared.adapters.key_snapshot import GOOD_FOR, KeySnapshot
from shared.domain.api_key import ActiveKey, hash_key
from shared.domain.errors import ForbiddenError, TransientError
from tests.fakes.clock import SetClock
from tests.patience import PATIENCE_SECONDS

SECOND = timedelta(seconds=1)
HASH = hash_key("known")


class Kept:
    """The keys that there are, and how often they were read."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = list(secrets)
        self.readings = 0
        self.error: Exception | None = None

    def read(self) -> dict[str, ActiveKey]:
        self.readings += 1
        if self.error is not None:
            raise self.error
        return {hash_key(each): key_of(each) for each in self.secrets}


def key_of(secret: str) -> ActiveKey:
    return ActiveKey(api_key_hash=hash_key(secret), tenant_id="acme", expires_at=None)


def snapshot_of(kept: Kept, clock: SetClock, *, refresh_after: int = 10) -> KeySnapshot:
    return KeySnapshot(kept.read, refresh_after=timedelta(seconds=refresh_after), clock=clock)


def test_known_keys_are_read_once_a_minute() -> None:
    kept, clock = Kept("known", "another"), SetClock()
    snapshot = snapshot_of(kept, clock)

    for second in range(180):
        assert snapshot.find(HASH, anew=True) == key_of("known")
        assert snapshot.find(hash_key("another"), anew=True) == key_of("another")
        assert kept.readings == second // 60 + 1
        clock.advance(SECOND)


def test_a_thousand_unknown_keys_are_one_reading_in_ten_seconds() -> None:
    kept, clock = Kept("known"), SetClock()
    snapshot = snapshot_of(kept, clock)

    found = [snapshot.find(hash_key(f"wrong {number}"), anew=True) for number in range(1000)]
    assert (set(found), kept.readings) == ({None}, 1)

    for number in range(1000):
        snapshot.find(hash_key(f"wrong {number}"), anew=True)
        clock.advance(SECOND)
    assert kept.readings == 100


def test_a_key_that_is_made_after_a_reading_for_known_ones_works_at_once() -> None:
    kept, clock = Kept("known"), SetClock()
    snapshot = snapshot_of(kept, clock)
    snapshot.find(HASH, anew=True)

    kept.secrets.append("made just now")

    assert snapshot.find(hash_key("made just now"), anew=True) == key_of("made just now")
    assert kept.readings == 2


def test_a_key_that_is_made_among_wrong_ones_works_within_ten_seconds() -> None:
    kept, clock = Kept(), SetClock()
    snapshot = snapshot_of(kept, clock)
    snapshot.find(hash_key("wrong"), anew=True)
    kept.secrets.append("made just now")

    seconds = 0
    while snapshot.find(hash_key("made just now"), anew=True) is None:
        clock.advance(SECOND)
        seconds += 1

    assert (seconds, kept.readings) == (10, 2)


def test_an_unknown_key_is_not_looked_for_where_that_is_not_asked() -> None:
    kept, clock = Kept("known"), SetClock()
    snapshot = snapshot_of(kept, clock)

    for _ in range(60):
        assert snapshot.find(hash_key("wrong"), anew=False) is None
        clock.advance(SECOND)
    assert kept.readings == 1

    snapshot.find(hash_key("wrong"), anew=False)
    assert kept.readings == 2


def test_with_no_time_between_readings_every_unknown_key_is_looked_for() -> None:
    kept = Kept()
    snapshot = snapshot_of(kept, SetClock(), refresh_after=0)
    assert snapshot.find(HASH, anew=True) is None

    kept.secrets.append("known")

    assert snapshot.find(HASH, anew=True) == key_of("known")


def test_a_key_that_is_gone_works_for_a_minute_at_most_however_busy_it_is() -> None:
    kept, clock = Kept("known"), SetClock()
    snapshot = snapshot_of(kept, clock)
    snapshot.find(HASH, anew=True)
    kept.secrets.clear()

    seconds = 0
    while snapshot.find(HASH, anew=True) is not None:
        clock.advance(SECOND)
        seconds += 1

    assert seconds == GOOD_FOR.total_seconds() == 60


@pytest.mark.parametrize("error", [TransientError("BigQuery is away"), ForbiddenError("no right to read")])
def test_what_is_known_goes_on_while_keys_cannot_be_read_and_nothing_else_is_judged(error: Exception) -> None:
    kept, clock = Kept("known"), SetClock()
    snapshot = snapshot_of(kept, clock)
    snapshot.find(HASH, anew=True)
    kept.error = error
    clock.advance(SECOND)

    for _ in range(59):
        assert snapshot.find(HASH, anew=True) == key_of("known")
        with pytest.raises(type(error)):
            snapshot.find(hash_key("unknown"), anew=True)
        clock.advance(SECOND)
    for anew in (True, False):
        with pytest.raises(type(error)):
            snapshot.find(HASH, anew=anew)

    kept.error = None
    clock.advance(SECOND)
    assert snapshot.find(HASH, anew=False) == key_of("known")


def test_a_failure_is_shared_by_all_who_ask_within_a_second() -> None:
    kept, clock = Kept("known"), SetClock()
    kept.error = TransientError("BigQuery is away")
    snapshot = snapshot_of(kept, clock)

    for _ in range(100):
        with pytest.raises(TransientError):
            snapshot.find(HASH, anew=True)

    assert kept.readings == 1


def test_a_clock_that_is_set_back_makes_no_snapshot_last_longer() -> None:
    kept, clock = Kept("known"), SetClock()
    snapshot = snapshot_of(kept, clock)
    snapshot.find(HASH, anew=True)
    kept.secrets.clear()

    clock.advance(-timedelta(hours=1))

    assert snapshot.find(HASH, anew=True) is None


def test_threads_share_one_reading() -> None:
    asked, go_on, kept = Event(), Event(), Kept("known")

    def read() -> dict[str, ActiveKey]:
        asked.set()
        assert go_on.wait(timeout=PATIENCE_SECONDS)
        return kept.read()

    snapshot = KeySnapshot(read, refresh_after=timedelta(seconds=10), clock=SetClock())
    with ThreadPoolExecutor(max_workers=20) as threads:
        found = [threads.submit(snapshot.find, HASH, anew=True) for _ in range(20)]
        assert asked.wait(timeout=PATIENCE_SECONDS)
        go_on.set()
        assert {each.result() for each in found} == {key_of("known")}

    assert kept.readings == 1
