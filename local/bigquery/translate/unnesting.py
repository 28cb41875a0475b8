"""UNNEST: the elements of an array as rows, beside the row that it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from local.bigquery.translate.relation import Names, Relation, name


@dataclass(frozen=True)
class Unnesting:
    """An array whose elements become rows, and the columns for an element and for its place, if that is asked for.

    Where it `is_outer`, a row without elements stays, with NULLs beside it.
    """

    array: str
    element: int
    offset: int | None
    is_outer: bool

    @property
    def ids(self) -> list[int]:
        """The columns that are added."""
        return [self.element, *([] if self.offset is None else [self.offset])]


def unnested(relation: Relation, unnesting: Unnesting, names: Names) -> Relation:
    """The rows of `relation`, each as often as its array has elements."""
    ids = [*relation.columns, *unnesting.ids]
    return names.subquery(_select(relation, unnesting), ids, order=relation.order)


def elements(unnesting: Unnesting, names: Names) -> Relation:
    """The elements alone, for a join that decides which of them belong to a row."""
    return names.subquery(_select(Relation(), replace(unnesting, is_outer=False)), unnesting.ids)


def _select(relation: Relation, unnesting: Unnesting) -> str:
    array, places = unnesting.array, f"range(len({unnesting.array}))"
    if unnesting.is_outer:
        array = f"CASE WHEN len({unnesting.array}) > 0 THEN {array} ELSE [NULL] END"
        places = f"CASE WHEN len({unnesting.array}) > 0 THEN {places} ELSE [NULL] END"
    items = [f"{sql} AS {name(id)}" for id, sql in relation.columns.items()]
    items.append(f"unnest({array}) AS {name(unnesting.element)}")
    if unnesting.offset is not None:
        items.append(f"unnest({places}) AS {name(unnesting.offset)}")
    return f"SELECT {', '.join(items)}{relation.clauses()}"
