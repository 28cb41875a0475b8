"""The last things that were looked up, in bounded memory."""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")


class BoundedCache(Generic[_K, _V]):
    """Values by key, of a limited weight in all; the one that wasn't used for longest goes first.

    Several threads may use it at once.
    """

    def __init__(self, *, heaviest: int) -> None:
        self._heaviest = heaviest
        self._weight = 0
        self._entries: OrderedDict[_K, tuple[_V, int]] = OrderedDict()
        self._lock = Lock()

    def find(self, key: _K) -> _V | None:
        """The value, if it is still there."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def keep(self, key: _K, value: _V, *, weight: int) -> None:
        """Keep the value, in place of an earlier one. One that is heavier than all may be is not kept."""
        with self._lock:
            self._remove(key)
            self._entries[key] = value, weight
            self._weight += weight
            while self._weight > self._heaviest:
                self._remove(next(iter(self._entries)))

    def forget(self, key: _K) -> None:
        """Keep the value no longer."""
        with self._lock:
            self._remove(key)

    def _remove(self, key: _K) -> None:
        _, weight = self._entries.pop(key, (None, 0))
        self._weight -= weight
