"""Scans of the resolved AST, the parts of a query, as DuckDB SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from zetasql.wasi._pb2.zetasql.public import type_pb2

from local.bigquery.translate.aggregation import Aggregation
from local.bigquery.translate.expressions import Columns, Expressions
from local.bigquery.translate.limits import refused
from local.bigquery.translate.literals import identifier, quoted
from local.bigquery.translate.relation import Names, Ordering, Relation, name

# A named table of the statement as DuckDB reads it: its source, and its columns by their place.
ReadTable = Callable[[Any], tuple[str, Mapping[str, str]]]
_INNER, _LEFT, _RIGHT, _FULL = range(4)
_JOINS = {_INNER: "JOIN", _LEFT: "LEFT JOIN", _RIGHT: "RIGHT JOIN", _FULL: "FULL JOIN"}
_SETS = ("UNION ALL", "UNION", "INTERSECT ALL", "INTERSECT", "EXCEPT ALL", "EXCEPT")
_ROWS = 0


class Scans:
    """Turns scans into relations. One for each statement."""

    def __init__(self, read_table: ReadTable) -> None:
        self.names = Names()
        self.expressions = Expressions(self)
        self._aggregation = Aggregation(self.expressions, self.names)
        self._read_table = read_table
        # Named subqueries in the order of their definition, and whether one reads itself.
        self._named: list[str] = []
        self._columns_by_named: dict[str, list[int]] = {}
        self._recursion: list[tuple[str, list[int]]] = []
        self._is_recursive = False

    def relation(self, node: Any, outer: Columns | None = None) -> Relation:
        """The scan; `outer` are the columns that a subquery sees of the query around it."""
        which, content = self._content(node)
        translate: Callable[[Any, Columns], Relation] | None = getattr(self, f"_{which}", None)
        if translate is None:
            construct = which.removeprefix("resolved_").removesuffix("_node").replace("_", " ")
            raise refused(f"queries with a {construct}")
        return translate(content, outer or {})

    def column_list(self, node: Any) -> list[Any]:
        """The columns that the scan yields."""
        _which, content = self._content(node)
        while "column_list" not in content.DESCRIPTOR.fields_by_name:
            content = content.parent
        return list(content.column_list)

    def with_named(self, sql: str) -> str:
        """The statement with the named subqueries that it reads."""
        if not self._named:
            return sql
        recursive = "RECURSIVE " if self._is_recursive else ""
        return f"WITH {recursive}{', '.join(self._named)} {sql}"

    def _content(self, node: Any) -> tuple[str, Any]:
        which = node.WhichOneof("node")
        content = getattr(node, which)
        if which == "resolved_aggregate_scan_base_node":
            which = content.WhichOneof("node")
            content = getattr(content, which)
        return which, content

    def _inside(self, outer: Columns, relation: Relation) -> Columns:
        return {**outer, **relation.columns} if outer else relation.columns

    def _resolved_single_row_scan_node(self, _node: Any, _outer: Columns) -> Relation:
        return Relation()

    def _resolved_table_scan_node(self, node: Any, _outer: Columns) -> Relation:
        if node.HasField("for_system_time_expr"):
            raise refused("time travel (FOR SYSTEM_TIME AS OF): it keeps no history of tables")
        source, columns = self._read_table(node)
        alias = self.names.next()
        known = {one.column_id: f"{alias}.{columns[one.name.lower()]}" for one in node.parent.column_list}
        return Relation(f"{source} AS {alias}", known)

    def _resolved_filter_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.names.plain(self.relation(node.input_scan, outer))
        condition = self.expressions.sql(node.filter_expr, self._inside(outer, relation))
        return replace(relation, where=(*relation.where, f"({condition})")).only(_ids(node))

    def _resolved_project_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.relation(node.input_scan, outer)
        if not node.expr_list:
            return relation.only(_ids(node))
        relation = self.names.plain(relation)
        seen = self._inside(outer, relation)
        computed = {one.column.column_id: self.expressions.sql(one.expr, seen) for one in node.expr_list}
        # What an order needs is named in the same step, so that it is still there when it is asked for.
        return replace(relation, columns={**relation.columns, **computed}, plain=False).only(_ids(node))

    def _resolved_join_scan_node(self, node: Any, outer: Columns) -> Relation:
        left = self.names.plain(self.relation(node.left_scan, outer))
        right = self.names.plain(self.relation(node.right_scan, outer))
        kind = node.join_type
        if not left.source or (left.where and kind in (_RIGHT, _FULL)):
            left = self.names.wrap(left)
        where = left.where
        if kind == _INNER and right.single and right.source:
            where = (*where, *right.where)
            right = replace(right, where=())
        right = self.names.item(right)
        columns = {**left.columns, **right.columns}
        condition = "TRUE"
        if node.HasField("join_expr"):
            condition = self.expressions.sql(node.join_expr, {**outer, **columns})
        source = (
            f"{left.source} CROSS JOIN {right.source}"
            if kind == _INNER and condition == "TRUE"
            else f"{left.source} {_JOINS[kind]} {right.source} ON {condition}"
        )
        return Relation(source, columns, where, single=False).only(_ids(node))

    def _resolved_array_scan_node(self, node: Any, outer: Columns) -> Relation:
        if len(node.array_expr_list) > 1:
            raise refused("UNNEST of several arrays")
        has_input = node.HasField("input_scan")
        relation = self.names.plain(self.relation(node.input_scan, outer)) if has_input else Relation()
        array = self.expressions.sql(node.array_expr_list[0], self._inside(outer, relation))
        element = node.element_column_list[0].column_id
        offset = node.array_offset_column.column.column_id if node.HasField("array_offset_column") else None
        if node.HasField("join_expr") and node.is_outer:
            return self._joined_array(node, outer, relation, array=array, element=element, offset=offset)
        if node.is_outer:
            array = f"CASE WHEN len({array}) > 0 THEN {array} ELSE [NULL] END"
        unnested = self.names.subquery(
            self._unnested(relation, array, element=element, offset=offset, is_outer=node.is_outer),
            [*relation.columns, element, *([] if offset is None else [offset])],
            order=relation.order,
        )
        if node.HasField("join_expr"):
            condition = self.expressions.sql(node.join_expr, self._inside(outer, unnested))
            unnested = replace(unnested, where=(f"({condition})",))
        return unnested.only(_ids(node))

    def _unnested(
        self, relation: Relation, array: str, *, element: int, offset: int | None, is_outer: bool
    ) -> str:
        items = [f"{sql} AS {name(id)}" for id, sql in relation.columns.items()]
        items.append(f"unnest({array}) AS {name(element)}")
        if offset is not None:
            places = f"range(len({array}))"
            if is_outer:
                places = f"CASE WHEN {array} = [NULL] THEN [NULL::BIGINT] ELSE {places} END"
            items.append(f"unnest({places}) AS {name(offset)}")
        return f"SELECT {', '.join(items)}{relation.clauses()}"

    def _joined_array(
        self, node: Any, outer: Columns, relation: Relation, *, array: str, element: int, offset: int | None
    ) -> Relation:
        left = relation if relation.source else self.names.wrap(relation)
        elements = self.names.subquery(
            self._unnested(Relation(), array, element=element, offset=offset, is_outer=False),
            [element, *([] if offset is None else [offset])],
        )
        columns = {**left.columns, **elements.columns}
        condition = self.expressions.sql(node.join_expr, {**outer, **columns})
        source = f"{left.source} LEFT JOIN LATERAL {elements.source} ON {condition}"
        return Relation(source, columns, left.where, single=False).only(_ids(node))

    def _resolved_aggregate_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.names.plain(self.relation(node.parent.input_scan, outer))
        return self._aggregation.aggregate(node.parent, relation, outer)

    def _resolved_analytic_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.names.plain(self.relation(node.input_scan, outer))
        return self._aggregation.window(node, relation, outer)

    def _resolved_set_operation_scan_node(self, node: Any, outer: Columns) -> Relation:
        ids = _ids(node)
        word = _SETS[node.op_type]
        parts = []
        for item in node.input_item_list:
            relation = self.relation(item.scan, outer)
            own = [one.column_id for one in item.output_column_list]
            items = ", ".join(
                f"{relation.columns[one]} AS {name(id)}" for one, id in zip(own, ids, strict=True)
            )
            parts.append(f"(SELECT {items}{relation.clauses()})")
        return self.names.subquery(f" {word} ".join(parts), ids)

    def _resolved_order_by_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.relation(node.input_scan, outer)
        order = tuple(ordering(item) for item in node.order_by_item_list)
        missing = [key.column for key in order if key.column not in relation.columns]
        if missing:
            # A column of the query around it orders nothing.
            order = tuple(key for key in order if key.column not in missing)
        return replace(relation, order=order).only(_ids(node))

    def _resolved_limit_offset_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.relation(node.input_scan, outer)
        suffix = f" ORDER BY {relation.ordering()}" if relation.order else ""
        if node.HasField("limit"):
            suffix += f" LIMIT {self.expressions.sql(node.limit, outer)}"
        if node.HasField("offset"):
            suffix += f" OFFSET {self.expressions.sql(node.offset, outer)}"
        return self.names.wrap(relation, suffix=suffix).only(_ids(node))

    def _resolved_with_scan_node(self, node: Any, outer: Columns) -> Relation:
        self._is_recursive = self._is_recursive or node.recursive
        for entry in node.with_entry_list:
            ids = [one.column_id for one in self.column_list(entry.with_subquery)]
            self._recursion.append((entry.with_query_name, ids))
            relation = self.relation(entry.with_subquery, outer)
            self._recursion.pop()
            columns = ", ".join(name(id) for id in ids)
            head = f"{identifier(entry.with_query_name)}{f'({columns})' if ids else ''}"
            self._named.append(f"{head} AS ({relation.select(ids, ordered=True)})")
            self._columns_by_named[entry.with_query_name.lower()] = ids
        return self.relation(node.query, outer)

    def _resolved_with_ref_scan_node(self, node: Any, _outer: Columns) -> Relation:
        ids = self._columns_by_named[node.with_query_name.lower()]
        return self._reference(node, node.with_query_name, ids)

    def _resolved_recursive_scan_node(self, node: Any, outer: Columns) -> Relation:
        if node.HasField("recursion_depth_modifier"):
            raise refused("WITH DEPTH")
        ids = _ids(node)
        terms = []
        for item in (node.non_recursive_term, node.recursive_term):
            relation = self.relation(item.scan, outer)
            own = [one.column_id for one in item.output_column_list]
            items = ", ".join(
                f"{relation.columns[one]} AS {name(id)}" for one, id in zip(own, ids, strict=True)
            )
            terms.append(f"SELECT {items}{relation.clauses()}")
        word = "UNION ALL" if node.op_type == 0 else "UNION"
        return Recursive(f"{terms[0]} {word} {terms[1]}", ids)

    def _resolved_recursive_ref_scan_node(self, node: Any, _outer: Columns) -> Relation:
        named, ids = self._recursion[-1]
        return self._reference(node, named, ids)

    def _reference(self, node: Any, named: str, ids: list[int]) -> Relation:
        alias = self.names.next()
        columns = {
            own.column_id: f"{alias}.{name(id)}" for own, id in zip(node.parent.column_list, ids, strict=True)
        }
        return Relation(f"{identifier(named)} AS {alias}", columns)

    def _resolved_sample_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.names.wrap(self.relation(node.input_scan, outer))
        size = self.expressions.sql(node.size, outer)
        if node.unit == _ROWS:
            return self.names.wrap(replace(relation, source=relation.source), suffix=f" LIMIT {size}")
        return replace(relation, where=(f"(random() * 100 < {size})",))

    def _resolved_barrier_scan_node(self, node: Any, outer: Columns) -> Relation:
        return self.relation(node.input_scan, outer)

    def _resolved_assert_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.names.plain(self.relation(node.input_scan, outer))
        seen = self._inside(outer, relation)
        condition = self.expressions.sql(node.condition, seen)
        message = self.expressions.sql(node.message, seen)
        check = f"CASE WHEN {condition} THEN TRUE ELSE error({quoted('Assert failed: ')} || {message}) END"
        return replace(relation, where=(*relation.where, check)).only(_ids(node))


class Recursive(Relation):
    """A recursive query, which stands as it is behind the name it reads."""

    def __init__(self, sql: str, ids: list[int]) -> None:
        super().__init__("", {id: name(id) for id in ids})
        object.__setattr__(self, "sql", sql)

    def select(self, _ids: Any = None, *, ordered: bool = False) -> str:  # noqa: ARG002
        """The union of its two terms."""
        return str(getattr(self, "sql"))  # noqa: B009


def _ids(node: Any) -> list[int]:
    return [one.column_id for one in node.parent.column_list]


def ordering(item: Any) -> Ordering:
    """One key of an ORDER BY."""
    column = item.column_ref.column
    return Ordering(column.column_id, direction(item), is_float=column.type.type_kind == type_pb2.TYPE_DOUBLE)


def direction(item: Any) -> str:
    """How DuckDB spells the direction. Google's default: NULL is the smallest value."""
    word = "DESC" if item.is_descending else "ASC"
    nulls = {0: "LAST" if item.is_descending else "FIRST", 1: "FIRST", 2: "LAST"}[item.null_order]
    return f"{word} NULLS {nulls}"
