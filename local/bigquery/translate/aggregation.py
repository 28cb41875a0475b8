"""Aggregate and window functions: GROUP BY, grouping sets, OVER."""

from __future__ import annotations

from typing import Any

from local.bigquery.functions.collected import ABSENT, collected
from local.bigquery.functions.registry import AGGREGATES, WINDOWS, AggregateTemplate
from local.bigquery.translate.call import AggregateCall
from local.bigquery.translate.expressions import Columns, Expressions
from local.bigquery.translate.limits import refused
from local.bigquery.translate.relation import Names, Relation, name

_NULLS: dict[int, bool | None] = {0: None, 1: True, 2: False}
_BOUNDARIES = ("UNBOUNDED PRECEDING", "{} PRECEDING", "CURRENT ROW", "{} FOLLOWING", "UNBOUNDED FOLLOWING")


class Aggregation:
    """Turns aggregate and analytic scans into relations."""

    def __init__(self, expressions: Expressions, names: Names) -> None:
        self._expressions = expressions
        self._names = names

    def aggregate(self, node: Any, relation: Relation, outer: Columns) -> Relation:
        """The groups of `relation`, one row each."""
        seen = {**outer, **relation.columns}
        keys = {one.column.column_id: self._expressions.sql(one.expr, seen) for one in node.group_by_list}
        values = {}
        for one in node.aggregate_list:
            computed = computed_column(one)
            values[computed.column.column_id] = self._aggregate(computed.expr, seen)
        for one in node.grouping_call_list:
            key = keys[one.group_by_column.column.column_id]
            values[one.output_column.column_id] = f"CAST(grouping({key}) AS BIGINT)"
        items = ", ".join(f"{sql} AS {name(id)}" for id, sql in {**keys, **values}.items())
        grouped = self._groups(node, keys)
        sql = f"SELECT {items or '1 AS nothing'}{relation.clauses()}{grouped}"
        wanted = [one.column_id for one in node.parent.column_list]
        return self._names.subquery(sql, {**keys, **values}).only(wanted)

    def window(self, node: Any, relation: Relation, outer: Columns) -> Relation:
        """The rows of `relation` with the results of window functions beside them."""
        seen = {**outer, **relation.columns}
        values = {}
        for group in node.function_group_list:
            partition = ", ".join(seen[one.column.column_id] for one in group.partition_by.partition_by_list)
            for one in group.analytic_function_list:
                computed = computed_column(one)
                values[computed.column.column_id] = self._window(
                    computed.expr, seen, partition=partition, keys=group.order_by.order_by_item_list
                )
        own = {**relation.columns, **values}
        items = ", ".join(f"{sql} AS {name(id)}" for id, sql in own.items())
        sql = f"SELECT {items}{relation.clauses()}"
        wanted = [one.column_id for one in node.parent.column_list]
        return self._names.subquery(sql, own, order=relation.order).only(wanted)

    def _groups(self, node: Any, keys: dict[int, str]) -> str:
        if node.grouping_set_list:
            sets = ", ".join(_grouping_set(one, keys) for one in node.grouping_set_list)
            return f" GROUP BY GROUPING SETS ({sets})"
        return f" GROUP BY {', '.join(keys.values())}" if keys else ""

    def _aggregate(self, expression: Any, seen: Columns) -> str:
        call = expression.resolved_function_call_base_node.resolved_non_scalar_function_call_base_node
        node = call.resolved_aggregate_function_call_node
        if node.group_by_list:
            raise refused("aggregates of several levels")
        found = self._call(node.parent, seen, order=self._order(node.order_by_item_list, seen))
        limit = self._expressions.sql(node.limit, seen) if node.HasField("limit") else ""
        having = self._having(node, seen) if node.HasField("having_modifier") else ""
        if having:
            return self._extreme(found, having)
        return self._carried_out(_with(found, limit=limit), AGGREGATES.get(found.name))

    def _carried_out(self, call: AggregateCall, template: AggregateTemplate | None) -> str:
        """The call by DuckDB where it is exact, else by Google's evaluator over the list of its arguments."""
        sql = template(call) if template else None
        if sql is not None:
            return _safely(call, sql)
        if call.name.startswith(ABSENT):
            raise refused(f"the function {call.name.upper()}")
        found = collected(call)
        self._expressions.evaluated[found.name] = found
        return found.sql

    def _having(self, node: Any, seen: Columns) -> str:
        value = self._expressions.sql(node.having_modifier.having_expr, seen)
        return f"{'max' if node.having_modifier.kind == 1 else 'min'}:{value}"

    def _extreme(self, call: AggregateCall, having: str) -> str:
        """Over the rows alone in which `having` is greatest or smallest in the group."""
        kind, _, value = having.partition(":")
        if call.name == "any_value":
            return f"arg_{kind}_null({call[0]}, {value})"
        rows = f"list({{'k': {value}, 'v': {call[0]}}})"
        extreme = f"list_{kind}(list_transform({rows}, lambda google_each: google_each.k))"
        kept = f"list_filter({rows}, lambda google_row: google_row.k IS NOT DISTINCT FROM {extreme})"
        values = f"list_transform({kept}, lambda google_row: google_row.v)"
        if call.name in ("max", "min", "sum", "avg", "count"):
            return f"CAST(list_aggregate({values}, '{call.name}') AS {call.type.duckdb})"
        raise refused(f"HAVING {kind.upper()} in {call.name.upper()}")

    def _window(self, expression: Any, seen: Columns, *, partition: str, keys: Any) -> str:
        call = expression.resolved_function_call_base_node.resolved_non_scalar_function_call_base_node
        node = call.resolved_analytic_function_call_node
        parts = [f"PARTITION BY {partition}"] if partition else []
        if keys:
            parts.append(f"ORDER BY {self._order(keys, seen)}")
        if node.HasField("window_frame"):
            parts.append(self._frame(node.window_frame, seen))
        found = _with(self._call(node.parent, seen, order=""), over=" ".join(parts) or " ")
        return self._carried_out(found, WINDOWS.get(found.name) or AGGREGATES.get(found.name))

    def _frame(self, node: Any, seen: Columns) -> str:
        bounds = []
        for bound in (node.start_expr, node.end_expr):
            offset = self._expressions.sql(bound.expression, seen) if bound.HasField("expression") else ""
            bounds.append(_BOUNDARIES[bound.boundary_type].format(offset))
        return f"{'ROWS' if node.frame_unit == 0 else 'RANGE'} BETWEEN {bounds[0]} AND {bounds[1]}"

    def _call(self, node: Any, seen: Columns, *, order: str) -> AggregateCall:
        call = self._expressions.call(node.parent, seen)
        return AggregateCall(
            call.name,
            call.arguments,
            call.types,
            call.type,
            call.nodes,
            call.safe,
            distinct=node.distinct,
            ignore_nulls=_NULLS[node.null_handling_modifier],
            order=order,
        )

    def _order(self, items: Any, seen: Columns) -> str:
        from local.bigquery.translate.scans import ordering

        return ", ".join(key.of(seen[key.column]) for key in map(ordering, items))


def computed_column(node: Any) -> Any:
    """The one kind of computed column that is in use: a column and its expression."""
    if node.DESCRIPTOR.name == "ResolvedComputedColumnProto":
        return node
    content = node.resolved_computed_column_impl_node
    return getattr(content, content.WhichOneof("node"))


def _grouping_set(node: Any, keys: dict[int, str]) -> str:
    if node.WhichOneof("node") != "resolved_grouping_set_node":
        raise refused("ROLLUP and CUBE within GROUPING SETS")
    columns = node.resolved_grouping_set_node.group_by_column_list
    return f"({', '.join(keys[one.column.column_id] for one in columns)})"


def _safely(call: AggregateCall, sql: str) -> str:
    if call.safe:
        raise refused("SAFE. before an aggregate or window function")
    return sql


def _with(call: AggregateCall, **changes: Any) -> AggregateCall:
    from dataclasses import replace

    return replace(call, **changes)
