"""MERGE, as DuckDB's statements on the table's storage."""

from __future__ import annotations

from typing import Any

from local.bigquery.translate.dml import AMBIGUOUS, Target, column_name
from local.bigquery.translate.expressions import DEFAULT
from local.bigquery.translate.limits import refused
from local.bigquery.translate.literals import identifier
from local.bigquery.translate.relation import Relation, name
from local.bigquery.translate.scans import Scans
from local.bigquery.translate.statement import Change, Step
from local.bigquery.translate.updates import assignments

_SOURCE = "merge_source"
_MATCHED, _BY_SOURCE, _BY_TARGET = range(3)
_INSERT, _UPDATE, _DELETE = range(3)
_MATCH_WORDS = ("MATCHED", "NOT MATCHED BY SOURCE", "NOT MATCHED BY TARGET")


def merge(node: Any, scans: Scans, target: Target) -> Change:
    """MERGE. Its source is read once, before anything is changed."""
    relation = scans.names.plain(scans.relation(node.from_scan))
    before = f"CREATE OR REPLACE TEMP TABLE {_SOURCE} AS {scans.named.before(relation.select())}"
    source = Relation(_SOURCE, {id: f"{_SOURCE}.{name(id)}" for id in relation.columns})
    merging = _Merging(node, scans, target, source=source)
    check = merging.ambiguity()
    steps = merging.unmatched_steps() or (merging.step(),)
    after = f"DROP TABLE {_SOURCE}"
    return Change(steps, before=(before,), check=check, refusal=AMBIGUOUS, after=(after,))


class _Merging:
    """One MERGE whose source is in a table of its own."""

    def __init__(self, node: Any, scans: Scans, target: Target, *, source: Relation) -> None:
        self._clauses = list(node.when_clause_list)
        self._scans = scans
        self._target = target
        self._seen = {**target.columns, **source.columns}
        self._condition = scans.expressions.sql(node.merge_expr, self._seen)

    def step(self) -> Step:
        """The whole, as DuckDB's own MERGE."""
        clauses = " ".join(self._clause(one) for one in self._clauses)
        storage = self._target.table.storage
        sql = f"MERGE INTO {storage} USING {_SOURCE} ON {self._condition} {clauses} RETURNING merge_action"
        return Step(sql, "")

    def unmatched_steps(self) -> tuple[Step, ...]:
        """One DELETE and one INSERT, where nothing can match and no more is to be done; else none.

        A table is replaced like this, by as many rows as there are.
        """
        removed = [one for one in self._clauses if _is(one, _BY_SOURCE, _DELETE)]
        added = [one for one in self._clauses if _is(one, _BY_TARGET, _INSERT)]
        if self._condition != "FALSE" or len(removed) > 1 or len(added) > 1:
            return ()
        if len(removed) + len(added) < len(self._clauses):
            return ()
        storage = self._target.table.storage
        deletes = [Step(f"DELETE FROM {storage}{self._where(one)}", "DELETE") for one in removed]
        return (*deletes, *(self._insert(one) for one in added))

    def ambiguity(self) -> str:
        """A query that finds a row that more than one row of the source would change; "" where none can."""
        matched = [one for one in self._clauses if one.match_type == _MATCHED]
        if not matched or self._condition == "FALSE":
            return ""
        conditions = " OR ".join(self._condition_of(one) or "TRUE" for one in matched)
        alias = self._target.alias
        return (
            f"SELECT 1 FROM {self._target.table.storage} AS {alias} JOIN {_SOURCE} ON {self._condition} "
            f"WHERE ({conditions}) GROUP BY {alias}.rowid HAVING count(*) > 1 LIMIT 1"
        )

    def _insert(self, one: Any) -> Step:
        given = [pair for pair in self._inserted(one) if pair[1] != DEFAULT]
        # A column of a SELECT can't be the word DEFAULT; without any there is no list to leave one out of.
        columns, values = _listed(given or [self._empty_column()])
        storage = self._target.table.storage
        sql = f"INSERT INTO {storage} ({columns}) SELECT {values} FROM {_SOURCE}{self._where(one)}"
        return Step(sql, "INSERT")

    def _empty_column(self) -> tuple[str, str]:
        column = next(
            (one for one in self._target.table.fields if not one.get("defaultValueExpression")), None
        )
        if column is None:
            raise refused("an INSERT of nothing but default values")
        return identifier(column["name"]), "NULL"

    def _clause(self, one: Any) -> str:
        condition = self._condition_of(one)
        head = f"WHEN {_MATCH_WORDS[one.match_type]}{f' AND {condition}' if condition else ''} THEN"
        if one.action_type == _DELETE:
            return f"{head} DELETE"
        if one.action_type == _INSERT:
            columns, values = _listed(self._inserted(one))
            return f"{head} INSERT ({columns}) VALUES ({values})"
        changed = assignments(
            one.update_item_list, self._scans, column_by_id=self._target.column_by_id, seen=self._seen
        )
        settings = (f"{column} = {self._target.stored(column, value)}" for column, value in changed.items())
        return f"{head} UPDATE SET {', '.join(settings)}"

    def _inserted(self, one: Any) -> list[tuple[str, str]]:
        table = self._target.table
        names = [identifier(column_name(table, column.name)) for column in one.insert_column_list]
        given = [self._scans.expressions.sql(value.value, self._seen) for value in one.insert_row.value_list]
        return [
            (column, self._target.stored(column, value)) for column, value in zip(names, given, strict=True)
        ]

    def _where(self, one: Any) -> str:
        condition = self._condition_of(one)
        return f" WHERE {condition}" if condition else ""

    def _condition_of(self, one: Any) -> str:
        return self._scans.expressions.sql(one.match_expr, self._seen) if one.HasField("match_expr") else ""


def _listed(pairs: list[tuple[str, str]]) -> tuple[str, str]:
    return ", ".join(column for column, _value in pairs), ", ".join(value for _column, value in pairs)


def _is(one: Any, match: int, action: int) -> bool:
    return bool(one.match_type == match and one.action_type == action)
