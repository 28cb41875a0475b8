"""The rows of a table, changed by statements that overlap: as BigQuery carries them out, by what it documents.

"DML statement conflicts" in docs.cloud.google.com/bigquery/docs/data-manipulation-language, and "Transaction
concurrency" in …/transactions.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any


@dataclass
class _Row:
    key: str
    value: Any
    added_at: float
    removed_at: float = inf


class Rows:
    """Rows under keys. Statements are to be told in the order in which they end."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []

    def write(
        self,
        rows: Sequence[tuple[str, Any]],
        *,
        in_place_of: Collection[str],
        began_at: float,
        ended_at: float,
    ) -> None:
        """Take away the rows under some keys, as a MERGE does that began then, and add others.

        It sees the table as it was when it began. Only where it changes rows that it sees does it conflict with others,
        and is carried out anew once they have ended.
        """
        gone = self._seen(in_place_of, at=began_at) and self._seen(in_place_of, at=ended_at)
        for row in gone:
            row.removed_at = ended_at
        self._rows += [_Row(key, value, ended_at) for key, value in rows]

    def by_key(self) -> dict[str, list[Any]]:
        """What is there in the end."""
        found: defaultdict[str, list[Any]] = defaultdict(list)
        for row in self._rows:
            if row.removed_at == inf:
                found[row.key].append(row.value)
        return dict(found)

    def _seen(self, keys: Collection[str], *, at: float) -> list[_Row]:
        return [row for row in self._rows if row.key in keys and row.added_at <= at < row.removed_at]
