"""Views: kept as the GoogleSQL they were written in, and expanded wherever a query names them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local.bigquery.catalog import Table, TableId
from local.bigquery.googlesql.types import rest_field
from local.bigquery.locks import Lock
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.tables import change_table, new_resource, now_ms, require_absent
from local.bigquery.translate.translator import Translator


def create_view(session: Session, id: TableId, body: dict[str, Any], *, translator: Translator) -> Table:
    """Create a view from a `Table` resource; its columns are those of its query. Raises ApiError."""
    session.lock(id, Lock.DROP)
    require_absent(session.catalog, id)
    sql = _sql(body)
    fields = view_fields(session, sql, project=id.project, translator=translator)
    resource = new_resource(session.catalog, id, body, fields=_described(fields, body))
    view = Table(id, resource, "", session.next_version(), sql)
    session.put_table(view)
    return view


def change_view(session: Session, view: Table, body: dict[str, Any], *, translator: Translator) -> Table:
    """Merge a partial `Table` resource into a view; if its SQL changes, so do its columns."""
    if "view" in body:
        session.lock(view.id, Lock.DROP)
        sql = _sql(body)
        fields = view_fields(session, sql, project=view.id.project, translator=translator)
        resource = {
            **view.resource,
            "schema": {"fields": _described(fields, body)},
            "lastModifiedTime": now_ms(),
        }
        view = replace(view, resource=resource, view=sql, version=session.next_version())
        session.put_table(view)
    return change_table(session, view, body)


def view_fields(session: Session, sql: str, *, project: str, translator: Translator) -> list[dict[str, Any]]:
    """The columns of a view's query. Raises ApiError in BigQuery's words for what is wrong with it."""
    statement = translator.view_columns(sql, catalog=session.catalog, project=project)
    return [rest_field(name, kind) for name, kind in statement.columns]


def _sql(body: dict[str, Any]) -> str:
    view = body["view"]
    if view.get("useLegacySql", True):
        raise ApiError("invalid", "Legacy SQL views are not offered here; set view.useLegacySql to false")
    return str(view.get("query", "")).strip().rstrip(";")


def _described(fields: list[dict[str, Any]], body: dict[str, Any]) -> list[dict[str, Any]]:
    """The query's columns, with the descriptions that the body has for them."""
    given = (body.get("schema") or {}).get("fields") or []
    said = {str(one.get("name")).lower(): one["description"] for one in given if one.get("description")}
    return [
        {**field, "description": said[field["name"].lower()]} if field["name"].lower() in said else field
        for field in fields
    ]
