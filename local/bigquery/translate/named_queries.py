"""WITH: named queries, those that read themselves included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local.bigquery.translate.literals import identifier
from local.bigquery.translate.relation import Names, Relation, name


@dataclass(frozen=True)
class Recursive(Relation):
    """A query that reads itself: the union of its two terms, which stands as it is behind its name."""

    union: str = ""

    def select(self, _ids: Any = None, *, ordered: bool = False) -> str:  # noqa: ARG002
        """The union."""
        return self.union


class NamedQueries:
    """The named queries of one statement, in the order of their definition."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._definitions: list[str] = []
        self._columns_by_name: dict[str, list[int]] = {}
        # Those that are being defined, the innermost last: what a recursive term reads.
        self._open: list[tuple[str, list[int]]] = []
        self._is_recursive = False

    def begin(self, named: str, ids: list[int]) -> None:
        """From here to `define`, a recursive term reads this one."""
        self._open.append((named, ids))

    def define(self, relation: Relation) -> None:
        """Define the query that was begun last."""
        named, ids = self._open.pop()
        self._is_recursive = self._is_recursive or isinstance(relation, Recursive)
        columns = ", ".join(name(id) for id in ids)
        head = f"{identifier(named)}{f'({columns})' if ids else ''}"
        self._definitions.append(f"{head} AS ({relation.select(ids, ordered=True)})")
        self._columns_by_name[named.lower()] = ids

    def columns(self, named: str) -> list[int]:
        """The columns of a defined query."""
        return self._columns_by_name[named.lower()]

    def read(self, named: str, own: Sequence[int]) -> Relation:
        """The rows of a defined query; `own` are the columns of this reading, by their place."""
        return self._reference(named, self.columns(named), own)

    def read_itself(self, own: Sequence[int]) -> Relation:
        """The rows so far of the query that is being defined."""
        named, ids = self._open[-1]
        return self._reference(named, ids, own)

    def before(self, sql: str) -> str:
        """The statement with the named queries that it reads."""
        if not self._definitions:
            return sql
        recursive = "RECURSIVE " if self._is_recursive else ""
        return f"WITH {recursive}{', '.join(self._definitions)} {sql}"

    def _reference(self, named: str, ids: Sequence[int], own: Sequence[int]) -> Relation:
        alias = self._names.next()
        columns = {mine: f"{alias}.{name(id)}" for mine, id in zip(own, ids, strict=True)}
        return Relation(f"{identifier(named)} AS {alias}", columns)
