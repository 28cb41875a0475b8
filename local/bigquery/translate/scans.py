"""Scans of the resolved AST, the parts of a query, as DuckDB SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from zetasql.wasi._pb2.zetasql.public import type_pb2

from local.bigquery.catalog import Table
from local.bigquery.translate.aggregation import Aggregation
from local.bigquery.translate.conditions import condition_sql
from local.bigquery.translate.expressions import Columns, Expressions
from local.bigquery.translate.limits import ORDER_OF_RANGES, refused
from local.bigquery.translate.literals import quoted
from local.bigquery.translate.named_queries import NamedQueries, Recursive
from local.bigquery.translate.partition_filters import PartitionFilters
from local.bigquery.translate.relation import Names, Ordering, Relation, name
from local.bigquery.translate.unnesting import Unnesting, elements, unnested

# A named table of the statement as DuckDB reads it: its source, and its columns by their place.
ReadTable = Callable[[Any], tuple[str, Mapping[str, str]]]
_INNER, _LEFT, _RIGHT, _FULL = range(4)
_JOINS = {_INNER: "JOIN", _LEFT: "LEFT JOIN", _RIGHT: "RIGHT JOIN", _FULL: "FULL JOIN"}
_SETS = ("UNION ALL", "UNION", "INTERSECT ALL", "INTERSECT", "EXCEPT ALL", "EXCEPT")
_ROWS = 0


class Scans:
    """Turns scans into relations. One for each statement."""

    def __init__(self, read_table: ReadTable, find_table: Callable[[Any], Table | None]) -> None:
        self.names = Names()
        self.expressions = Expressions(self)
        self._aggregation = Aggregation(self.expressions, self.names)
        self._read_table, self._find_table = read_table, find_table
        self.filters = PartitionFilters()
        self.named = NamedQueries(self.names)

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
        self.filters.scan(self._find_table(node), node.parent.column_list)
        alias = self.names.next()
        known = {one.column_id: f"{alias}.{columns[one.name.lower()]}" for one in node.parent.column_list}
        return Relation(f"{source} AS {alias}", known)

    def _resolved_filter_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.names.plain(self.relation(node.input_scan, outer))
        self.filters.narrow(node.filter_expr)
        condition = condition_sql(node.filter_expr, self._inside(outer, relation), self.expressions)
        return replace(relation, where=(*relation.where, condition)).only(_ids(node))

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
            self.filters.narrow(node.join_expr)
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
        unnesting = Unnesting(
            self.expressions.sql(node.array_expr_list[0], self._inside(outer, relation)),
            node.element_column_list[0].column_id,
            node.array_offset_column.column.column_id if node.HasField("array_offset_column") else None,
            node.is_outer,
        )
        if node.HasField("join_expr") and node.is_outer:
            return self._joined_array(node, outer, relation, unnesting=unnesting)
        found = unnested(relation, unnesting, self.names)
        if node.HasField("join_expr"):
            condition = self.expressions.sql(node.join_expr, self._inside(outer, found))
            found = replace(found, where=(f"({condition})",))
        return found.only(_ids(node))

    def _joined_array(
        self, node: Any, outer: Columns, relation: Relation, *, unnesting: Unnesting
    ) -> Relation:
        left = relation if relation.source else self.names.wrap(relation)
        right = elements(unnesting, self.names)
        columns = {**left.columns, **right.columns}
        condition = self.expressions.sql(node.join_expr, {**outer, **columns})
        source = f"{left.source} LEFT JOIN LATERAL {right.source} ON {condition}"
        return Relation(source, columns, left.where, single=False).only(_ids(node))

    def _resolved_aggregate_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.names.plain(self.relation(node.parent.input_scan, outer))
        return self._aggregation.aggregate(node.parent, relation, outer)

    def _resolved_analytic_scan_node(self, node: Any, outer: Columns) -> Relation:
        relation = self.names.plain(self.relation(node.input_scan, outer))
        return self._aggregation.window(node, relation, outer)

    def _resolved_set_operation_scan_node(self, node: Any, outer: Columns) -> Relation:
        terms = [f"({self._term(item, outer, _ids(node))})" for item in node.input_item_list]
        return self.names.subquery(f" {_SETS[node.op_type]} ".join(terms), _ids(node))

    def _term(self, item: Any, outer: Columns, ids: list[int]) -> str:
        """A term of a union and its like, its columns named as those of the whole."""
        relation = self.relation(item.scan, outer)
        own = [one.column_id for one in item.output_column_list]
        self.filters.rename(ids, own)
        items = (f"{relation.columns[one]} AS {name(id)}" for one, id in zip(own, ids, strict=True))
        return f"SELECT {', '.join(items)}{relation.clauses()}"

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
        for entry in node.with_entry_list:
            ids = [one.column_id for one in self.column_list(entry.with_subquery)]
            self.named.begin(entry.with_query_name, ids)
            self.named.define(self.relation(entry.with_subquery, outer))
        return self.relation(node.query, outer)

    def _resolved_with_ref_scan_node(self, node: Any, _outer: Columns) -> Relation:
        self.filters.rename(_ids(node), self.named.columns(node.with_query_name))
        return self.named.read(node.with_query_name, _ids(node))

    def _resolved_recursive_scan_node(self, node: Any, outer: Columns) -> Relation:
        if node.HasField("recursion_depth_modifier"):
            raise refused("WITH DEPTH")
        ids = _ids(node)
        first, second = (
            self._term(item, outer, ids) for item in (node.non_recursive_term, node.recursive_term)
        )
        word = "UNION ALL" if node.op_type == 0 else "UNION"
        return Recursive(columns={id: name(id) for id in ids}, union=f"{first} {word} {second}")

    def _resolved_recursive_ref_scan_node(self, node: Any, _outer: Columns) -> Relation:
        return self.named.read_itself(_ids(node))

    def _resolved_sample_scan_node(self, node: Any, outer: Columns) -> Relation:
        if node.HasField("weight_column"):
            raise refused("WITH WEIGHT in TABLESAMPLE")
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


def _ids(node: Any) -> list[int]:
    return [one.column_id for one in node.parent.column_list]


def ordering(item: Any) -> Ordering:
    """One key of an ORDER BY. Raises ApiError for a RANGE, and for COLLATE."""
    if item.HasField("collation_name"):
        raise refused("COLLATE in ORDER BY")
    column = item.column_ref.column
    if column.type.type_kind == type_pb2.TYPE_RANGE:
        raise refused(ORDER_OF_RANGES)
    return Ordering(column.column_id, direction(item), is_float=column.type.type_kind == type_pb2.TYPE_DOUBLE)


def direction(item: Any) -> str:
    """How DuckDB spells the direction. Google's default: NULL is the smallest value."""
    word = "DESC" if item.is_descending else "ASC"
    nulls = {0: "LAST" if item.is_descending else "FIRST", 1: "FIRST", 2: "LAST"}[item.null_order]
    return f"{word} NULLS {nulls}"
