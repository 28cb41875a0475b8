"""The active keys as they were within the last minute, read for all threads of an instance at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from shared.domain.api_key import ActiveKey
from shared.domain.errors import ForbiddenError, TransientError
from shared.ports import Clock

GOOD_FOR = timedelta(seconds=60)
"""A revoked key stops working within this time."""
PAUSE_AFTER_FAILURE = timedelta(seconds=1)
"""For so long all share a failure: those who waited for the same reading, too."""


@dataclass(frozen=True)
class _Snapshot:
    key_by_hash: Mapping[str, ActiveKey]
    read_at: datetime
    """When the reading began: what changed later may be missing."""

    def is_good(self, now: datetime) -> bool:
        # A clock that was set back makes it old.
        return timedelta(0) <= now - self.read_at < GOOD_FOR


class KeySnapshot:
    """Reads all keys when somebody asks and the last reading is a minute old, or for the sake of an unknown key.

    Between two readings in which an unknown key stayed unknown `refresh_after` passes. Others don't count: a key that
    was made just after one of those works at once.
    """

    def __init__(
        self, read: Callable[[], Mapping[str, ActiveKey]], *, refresh_after: timedelta, clock: Clock
    ) -> None:
        self._read = read
        self._refresh_after = refresh_after
        self._clock = clock
        self._snapshot: _Snapshot | None = None
        self._refreshed_at: datetime | None = None
        self._failed: tuple[datetime, TransientError | ForbiddenError] | None = None
        self._lock = Lock()

    def find(self, api_key_hash: str, *, anew: bool) -> ActiveKey | None:
        """The key; for one that is not among them they may be read `anew`.

        Raises what the reading raises: a key that can't be judged is not wrong.
        """
        # First the snapshot, then the time: another thread's reading is never of the future.
        snapshot = self._snapshot
        now = self._clock.now()
        if snapshot is not None and snapshot.is_good(now):
            found = snapshot.key_by_hash.get(api_key_hash)
            if found is not None or not anew:
                return found
        return self._find_or_read(api_key_hash, asked_at=now)

    def _find_or_read(self, api_key_hash: str, *, asked_at: datetime) -> ActiveKey | None:
        with self._lock:
            # Another thread may have read them meanwhile.
            snapshot, now = self._snapshot, self._clock.now()
            if snapshot is not None and snapshot.is_good(now):
                found = snapshot.key_by_hash.get(api_key_hash)
                if found is not None or snapshot.read_at > asked_at or not self._may_refresh(now):
                    return found
            found = self._renewed(now).key_by_hash.get(api_key_hash)
            if found is None:
                self._refreshed_at = now
            return found

    def _may_refresh(self, now: datetime) -> bool:
        last = self._refreshed_at
        return last is None or not timedelta(0) <= now - last < self._refresh_after

    def _renewed(self, now: datetime) -> _Snapshot:
        if self._failed is not None and timedelta(0) <= now - self._failed[0] < PAUSE_AFTER_FAILURE:
            raise self._failed[1].with_traceback(None)
        try:
            self._snapshot = _Snapshot(self._read(), read_at=now)
        except (TransientError, ForbiddenError) as error:
            self._failed = self._clock.now(), error
            raise
        self._failed = None
        return self._snapshot
