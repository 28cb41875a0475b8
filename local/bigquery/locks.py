"""Who may change what at the same time: every change asks for its locks first, and gets them in the order of asking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from enum import Enum

from local.bigquery.catalog import TableId

# A table, or a dataset as (project, dataset).
LockKey = TableId | tuple[str, str]


class Lock(Enum):
    """What a transaction is going to do with a table (or with a dataset, of which a table is a row).

    As in BigQuery, appends wait for nothing but a change of the columns, and UPDATE, DELETE and MERGE queue.
    """

    DESCRIBE = "change labels, description and the like"
    APPEND = "add rows"
    CHANGE = "change or remove rows"
    DROP = "create, replace or remove it"
    ALTER = "change its columns"


_COMPATIBLE = {
    frozenset({Lock.DESCRIBE, Lock.APPEND}),
    frozenset({Lock.DESCRIBE, Lock.CHANGE}),
    frozenset({Lock.APPEND}),
    frozenset({Lock.APPEND, Lock.CHANGE}),
    frozenset({Lock.APPEND, Lock.DROP}),
}
Wanted = frozenset[tuple[LockKey, Lock]]


def wanted_locks(pairs: Iterable[tuple[LockKey, Lock]]) -> Wanted:
    """`pairs`, and of every table's dataset that it stays."""
    wanted = set(pairs)
    datasets = {(key[:2], Lock.APPEND) for key, _lock in wanted if isinstance(key, TableId)}
    return frozenset(wanted | datasets)


class Ticket:
    """A request for locks; `on_grant` is called once, by whatever thread makes room for it."""

    def __init__(self, wanted: Wanted, on_grant: Callable[[], None]) -> None:
        self.wanted = wanted
        self.on_grant = on_grant
        self._by_key: dict[LockKey, set[Lock]] = {}
        for key, lock in wanted:
            self._by_key.setdefault(key, set()).add(lock)
        self.only_appends = all(lock is Lock.APPEND for _key, lock in wanted)

    def is_beside(self, other: Ticket) -> bool:
        """Whether both may hold their locks at once."""
        return all(
            frozenset({mine, theirs}) in _COMPATIBLE
            for key, locks in self._by_key.items()
            for theirs in other._by_key.get(key, ())
            for mine in locks
        )


class Locks:
    """Grants all locks of a ticket at once, so that no two tickets ever wait for each other."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holding: list[Ticket] = []
        self._waiting: list[Ticket] = []

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    def ask(self, wanted: Wanted, on_grant: Callable[[], None]) -> tuple[Ticket, bool]:
        """Queue for the locks; the ticket, and whether they were granted at once (then nothing is called)."""
        ticket = Ticket(wanted, on_grant)
        with self._guard:
            if self._is_free(ticket, self._waiting):
                self._holding.append(ticket)
                return ticket, True
            self._waiting.append(ticket)
            return ticket, False

    def widen(self, ticket: Ticket, wanted: Wanted) -> Ticket | None:
        """A ticket with these locks in place of `ticket`, which is given back; None if that meant to wait."""
        wider = Ticket(ticket.wanted | wanted, ticket.on_grant)
        with self._guard:
            self._holding.remove(ticket)
            if self._is_free(wider, self._waiting):
                self._holding.append(wider)
                return wider
            self._holding.append(ticket)
            return None

    def give_back(self, ticket: Ticket) -> None:
        """Release the locks, or stop waiting for them."""
        with self._guard:
            (self._holding if ticket in self._holding else self._waiting).remove(ticket)
            granted = self._grant()
        for each in granted:
            each.on_grant()

    def _grant(self) -> list[Ticket]:
        granted = []
        for place, ticket in enumerate(self._waiting):
            if self._is_free(ticket, [one for one in self._waiting[:place] if one not in granted]):
                granted.append(ticket)
                self._holding.append(ticket)
        self._waiting = [one for one in self._waiting if one not in granted]
        return granted

    def _is_free(self, ticket: Ticket, ahead: list[Ticket]) -> bool:
        # Appends are short and many: they pass those that wait, but not those that work.
        queue = self._holding if ticket.only_appends else self._holding + ahead
        return all(ticket.is_beside(other) for other in queue)
