"""Resolved CREATE, ALTER and DROP statements as `Definition`s."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.bigquery.catalog import TableId
from local.bigquery.googlesql.types import rest_field
from local.bigquery.translate.definition import (
    Action,
    AddColumn,
    AlterSchema,
    AlterTable,
    CreateSchema,
    CreateTable,
    CreateView,
    Definition,
    DropColumn,
    DropNotNull,
    DropSchema,
    DropTable,
    Mode,
    Options,
    RenameColumn,
    RenameTable,
    SetDataType,
    SetDefault,
    SetOptions,
)
from local.bigquery.translate.layouts import column_field, layout, limit
from local.bigquery.translate.limits import refused
from local.bigquery.translate.scans import Scans

# The full name of a table that a path stands for.
FindId = Callable[[tuple[str, ...]], TableId]
_MODES: tuple[Mode, ...] = ("CREATE", "REPLACE", "IF_NOT_EXISTS")
_CASCADE = 2


class Definitions:
    """Reads definitions; `find_id` says what a path stands for."""

    def __init__(self, scans: Scans, find_id: FindId) -> None:
        self._scans = scans
        self._expressions = scans.expressions
        self._find_id = find_id

    def create(self, node: Any) -> tuple[str, Definition, Any]:
        """BigQuery's statement type, the definition, and the part that holds a query, or None."""
        which = node.WhichOneof("node")
        inner = getattr(node, which)
        if which == "resolved_create_table_stmt_base_node":
            return self._create_table(inner)
        if which == "resolved_create_view_base_node":
            return self._create_view(inner)
        if which == "resolved_create_schema_stmt_base_node":
            return self._create_schema(inner)
        raise refused(_statement_name(which))

    def drop(self, node: Any) -> tuple[str, Definition]:
        """DROP of a table, view or schema."""
        kind = node.object_type.upper()
        if kind == "SCHEMA":
            project, dataset = self._dataset(node.name_path)
            cascade = node.drop_mode == _CASCADE
            return "DROP_SCHEMA", DropSchema(project, dataset, node.is_if_exists, cascade)
        if kind not in ("TABLE", "VIEW"):
            raise refused(f"DROP {kind}")
        return f"DROP_{kind}", DropTable(self._find_id(tuple(node.name_path)), node.is_if_exists, kind)

    def drop_materialized_view(self, node: Any) -> tuple[str, Definition]:
        """DROP MATERIALIZED VIEW."""
        id = self._find_id(tuple(node.name_path))
        return "DROP_MATERIALIZED_VIEW", DropTable(id, node.is_if_exists, "MATERIALIZED VIEW")

    def alter(self, node: Any) -> tuple[str, Definition]:
        """ALTER of a table, view or schema."""
        which = node.WhichOneof("node")
        inner = getattr(node, which).parent
        if which == "resolved_alter_schema_stmt_node":
            project, dataset = self._dataset(inner.name_path)
            options = self._options(
                [
                    one
                    for action in inner.alter_action_list
                    for one in action.resolved_set_options_action_node.option_list
                ]
            )
            return "ALTER_SCHEMA", AlterSchema(project, dataset, inner.is_if_exists, options)
        if which not in ("resolved_alter_table_stmt_node", "resolved_alter_view_stmt_node"):
            raise refused(_statement_name(which))
        actions = tuple(self._action(one) for one in inner.alter_action_list)
        kind = "ALTER_TABLE" if which == "resolved_alter_table_stmt_node" else "ALTER_VIEW"
        return kind, AlterTable(self._find_id(tuple(inner.name_path)), inner.is_if_exists, actions)

    def set_options(self, node: Any) -> tuple[str, Definition]:
        """ALTER TABLE of nothing but options, which the analyzer has a statement of its own for."""
        actions = (SetOptions(self._options(node.option_list)),)
        return "ALTER_TABLE", AlterTable(self._find_id(tuple(node.name_path)), node.is_if_exists, actions)

    def _create_table(self, node: Any) -> tuple[str, Definition, Any]:
        which = node.WhichOneof("node")
        table = getattr(node, which)
        if which == "resolved_create_external_table_stmt_node":
            raise refused("external tables")
        base = table.parent
        created = base.parent
        if created.create_scope == 3:
            raise refused("temporary tables")
        fields = [column_field(one, self._expressions) for one in base.column_definition_list]
        resource = {"schema": {"fields": fields}, **layout(table, self._expressions)}
        is_query = which == "resolved_create_table_as_select_stmt_node"
        source = None if is_query else self._copied(base, table)
        definition = CreateTable(
            self._find_id(tuple(created.name_path)),
            _MODES[created.create_mode],
            resource,
            self._options(base.option_list),
            is_filled=is_query or (source is not None and not base.like_table.full_name),
            copied=source,
        )
        return (
            ("CREATE_TABLE_AS_SELECT" if is_query else "CREATE_TABLE"),
            definition,
            table if is_query else None,
        )

    def _copied(self, base: Any, table: Any) -> TableId | None:
        if base.like_table.full_name:
            return self._find_id(tuple(base.like_table.full_name.split("\x00")))
        for name in ("copy_from", "clone_from"):
            if table.HasField(name):
                scan = getattr(table, name).resolved_table_scan_node
                return self._find_id(tuple(scan.table.full_name.split("\x00")))
        return None

    def _create_view(self, node: Any) -> tuple[str, Definition, Any]:
        which = node.WhichOneof("node")
        base = getattr(node, which).parent
        is_materialized = which == "resolved_create_materialized_view_stmt_node"
        fields = [
            rest_field(one.name, self._expressions.read_type(one.column.type))
            for one in base.output_column_list
        ]
        definition = CreateView(
            self._find_id(tuple(base.parent.name_path)),
            _MODES[base.parent.create_mode],
            base.sql,
            fields,
            self._options(base.option_list),
            is_materialized=is_materialized,
        )
        return ("CREATE_MATERIALIZED_VIEW" if is_materialized else "CREATE_VIEW"), definition, None

    def _create_schema(self, node: Any) -> tuple[str, Definition, Any]:
        base = getattr(node, node.WhichOneof("node")).parent
        project, dataset = self._dataset(base.parent.name_path)
        options = self._options(base.option_list)
        return "CREATE_SCHEMA", CreateSchema(project, dataset, _MODES[base.parent.create_mode], options), None

    def _dataset(self, path: Any) -> tuple[str, str]:
        # A table's name behind it makes a full name of it.
        id = self._find_id((*path, "_"))
        return id.project, id.dataset

    def _options(self, options: Any) -> Options:
        return {one.name.lower(): self._expressions.sql(one.value, {}) for one in options}

    def _action(self, node: Any) -> Action:
        which = node.WhichOneof("node")
        one = getattr(node, which)
        match which:
            case "resolved_set_options_action_node":
                return SetOptions(self._options(one.option_list))
            case "resolved_add_column_action_node":
                return AddColumn(column_field(one.column_definition, self._expressions), one.is_if_not_exists)
            case "resolved_drop_column_action_node":
                return DropColumn(one.name, one.is_if_exists)
            case "resolved_rename_column_action_node":
                return RenameColumn(one.name, one.new_name, one.is_if_exists)
            case "resolved_rename_to_action_node":
                return RenameTable(one.new_path[-1])
            case "resolved_alter_column_action_node":
                return self._column_action(one)
            case _:
                raise refused(_statement_name(which))

    def _column_action(self, node: Any) -> Action:
        which = node.WhichOneof("node")
        one = getattr(node, which)
        column = one.parent.column
        match which:
            case "resolved_alter_column_drop_not_null_action_node":
                return DropNotNull(column)
            case "resolved_alter_column_options_action_node":
                return SetOptions(self._options(one.option_list), column=column)
            case "resolved_alter_column_set_default_action_node":
                return SetDefault(column, one.default_value.sql, one.parent.is_if_exists)
            case "resolved_alter_column_drop_default_action_node":
                return SetDefault(column, "", one.parent.is_if_exists)
            case "resolved_alter_column_set_data_type_action_node":
                field = rest_field(column, self._expressions.read_type(one.updated_type))
                limit(field, one.updated_type_parameters)
                return SetDataType(field)
            case _:
                raise refused(_statement_name(which))


def _statement_name(which: str) -> str:
    words = (
        which.removeprefix("resolved_").removesuffix("_node").removesuffix("_stmt").removesuffix("_action")
    )
    return words.replace("_", " ").upper()
