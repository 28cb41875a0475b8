"""Wrong keys by address, counted in the memory of one instance."""

import math
from datetime import datetime, timedelta
from threading import Lock

from shared.adapters.bounded_cache import BoundedCache
from shared.log import log
from shared.ports import Clock

MOST_WRONG_KEYS = 20
"""From one address, in the WINDOW that begins with the first of them."""
WINDOW = timedelta(seconds=60)
MOST_ADDRESSES = 10_000
"""The one that sent nothing wrong for longest is forgotten first: some 3 MB."""


class CountedStrangers:
    """Several threads may use it at once."""

    def __init__(self, clock: Clock, *, most_addresses: int = MOST_ADDRESSES) -> None:
        self._clock = clock
        self._counts: BoundedCache[str, tuple[datetime, int]] = BoundedCache(heaviest=most_addresses)
        self._lock = Lock()

    def wait_seconds(self, address: str) -> int | None:
        """For how long the address sent too many wrong keys."""
        now = self._clock.now()
        began_at, count = self._window(address, now)
        if count < MOST_WRONG_KEYS:
            return None
        return math.ceil((began_at + WINDOW - now).total_seconds())

    def count(self, address: str) -> None:
        """One more wrong key came from there."""
        with self._lock:
            began_at, count = self._window(address, self._clock.now())
            self._counts.keep(address, (began_at, count + 1), weight=1)
        if count + 1 == MOST_WRONG_KEYS:
            log("wrong_keys", severity="WARNING", address=address, count=count + 1)

    def _window(self, address: str, now: datetime) -> tuple[datetime, int]:
        began_at, count = self._counts.find(address) or (now, 0)
        # A clock that was set back begins anew.
        return (began_at, count) if timedelta(0) <= now - began_at < WINDOW else (now, 0)
