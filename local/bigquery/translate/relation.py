"""A part of a query on its way to DuckDB: where its rows come from, and what its columns are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple


class Ordering(NamedTuple):
    """One key of an order: the column, and how DuckDB spells the direction."""

    column: int
    direction: str
    is_float: bool = False

    def of(self, column: str) -> str:
        """Behind ORDER BY, given the column's SQL."""
        if not self.is_float:
            return f"{column} {self.direction}"
        # NaN is less than any number in GoogleSQL, and greater in DuckDB.
        word, nulls = self.direction.split(" ", 1)
        return f"isnan({column}) {'DESC' if word == 'ASC' else 'ASC'} {nulls}, {column} {self.direction}"


@dataclass(frozen=True)
class Relation:
    """Rows: FROM `source` WHERE all of `where`, in the order of `order`.

    `columns` are DuckDB expressions over `source` by the analyzer's column id. While they are `plain`, names and no
    more, they may be repeated at will.
    """

    source: str = ""
    columns: dict[int, str] = field(default_factory=dict)
    where: tuple[str, ...] = ()
    order: tuple[Ordering, ...] = ()
    plain: bool = True
    # The source is one item of a FROM clause, not a join.
    single: bool = True

    def select(self, ids: Iterable[int] | None = None, *, ordered: bool = False) -> str:
        """A SELECT of the columns under their names; all of them, or those of `ids` in their order."""
        wanted = list(self.columns if ids is None else ids)
        items = ", ".join(f"{self.columns[id]} AS {name(id)}" for id in wanted) or "NULL AS nothing"
        order = f" ORDER BY {self.ordering()}" if ordered and self.order else ""
        return f"SELECT {items}{self.clauses()}{order}"

    def clauses(self) -> str:
        """FROM and WHERE."""
        where = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        return f"{f' FROM {self.source}' if self.source else ''}{where}"

    def ordering(self) -> str:
        """The order as the text behind ORDER BY."""
        return ", ".join(key.of(self.columns[key.column]) for key in self.order)

    def only(self, ids: Iterable[int]) -> Relation:
        """With no other columns but those that its order needs."""
        kept = {*ids, *(key.column for key in self.order)}
        return replace(self, columns={id: one for id, one in self.columns.items() if id in kept})


class Names:
    """Aliases that differ within one statement."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self) -> str:
        """One more alias."""
        return f"q{next(self._numbers)}"

    def wrap(self, relation: Relation, *, suffix: str = "") -> Relation:
        """The relation as a subquery, whose columns are plain; `suffix` ends the subquery."""
        return self.subquery(relation.select() + suffix, relation.columns, order=relation.order)

    def subquery(self, sql: str, ids: Iterable[int], *, order: tuple[Ordering, ...] = ()) -> Relation:
        """The rows of a SELECT whose columns have their names."""
        alias = self.next()
        return Relation(f"({sql}) AS {alias}", {id: f"{alias}.{name(id)}" for id in ids}, order=order)

    def plain(self, relation: Relation) -> Relation:
        """With plain columns."""
        return relation if relation.plain else self.wrap(relation)

    def item(self, relation: Relation) -> Relation:
        """With plain columns, and a source that can stand anywhere in a FROM clause."""
        if relation.plain and relation.single and not relation.where and relation.source:
            return relation
        return self.wrap(relation)


def name(id: int) -> str:
    """The name of a column within a statement."""
    return f"c{id}"
