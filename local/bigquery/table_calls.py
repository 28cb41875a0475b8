"""The REST calls on tables and views, and on their rows."""

from __future__ import annotations

from typing import Any

from local.bigquery.catalog import Table, TableId
from local.bigquery.database import Database
from local.bigquery.problem import ApiError
from local.bigquery.rows import table_rows
from local.bigquery.session import Session
from local.bigquery.tables import (
    change_table,
    create_table,
    list_item,
    require_dataset,
    require_etag,
    require_table,
    table_resource,
)
from local.bigquery.translate.translator import Translator
from local.bigquery.views import change_view, create_view
from local.bigquery.web import Request, Response, Route, json_response

TABLES = "/bigquery/v2/projects/{project}/datasets/{dataset}/tables"
_PAGE = 1000


class TableCalls:
    """Tables and views over HTTP."""

    def __init__(self, database: Database, translator: Translator) -> None:
        self._database = database
        self._translator = translator

    def routes(self) -> list[Route]:
        """The calls answered here."""
        one = TABLES + "/{table}"
        return [
            Route("POST", TABLES, self._insert),
            Route("GET", TABLES, self._list),
            Route("GET", one, self._get),
            Route("PATCH", one, self._change),
            Route("PUT", one, self._change),
            Route("DELETE", one, self._delete),
            Route("GET", one + "/data", self._rows),
        ]

    async def _insert(self, request: Request) -> Response:
        body = request.json()
        where = request.path_params
        name = str((body.get("tableReference") or {}).get("tableId") or "")
        id = TableId(where["project"], where["dataset"], name)

        def insert(session: Session) -> dict[str, Any]:
            if "view" in body:
                table = create_view(session, id, body, translator=self._translator)
            else:
                table = create_table(session, id, body)
            return table_resource(session, table)

        return json_response(await self._database.run(insert))

    async def _list(self, request: Request) -> Response:
        project, dataset = request.path_params["project"], request.path_params["dataset"]
        offset = int(request.query.get("pageToken") or 0)
        limit = int(request.query.get("maxResults") or _PAGE)
        catalog = self._database.catalog
        require_dataset(catalog, project, dataset)
        tables = sorted(catalog.tables_of(project, dataset), key=lambda table: table.id)
        answer: dict[str, Any] = {"kind": "bigquery#tableList", "totalItems": len(tables)}
        page = [list_item(table) for table in tables[offset : offset + limit]]
        if page:
            answer["tables"] = page
        if offset + limit < len(tables):
            answer["nextPageToken"] = str(offset + limit)
        return json_response(answer)

    async def _get(self, request: Request) -> Response:
        def read(session: Session) -> dict[str, Any]:
            return table_resource(session, _require(session, request))

        return json_response(await self._database.run(read))

    async def _change(self, request: Request) -> Response:
        body = request.json()

        def change(session: Session) -> dict[str, Any]:
            table = _require(session, request)
            require_etag(table.resource, request.headers.get("if-match"))
            if table.is_view:
                return table_resource(session, change_view(session, table, body, translator=self._translator))
            return table_resource(session, change_table(session, table, body))

        return json_response(await self._database.run(change))

    async def _delete(self, request: Request) -> Response:
        def delete(session: Session) -> None:
            session.remove_table(_require(session, request).id)

        await self._database.run(delete)
        return Response(status=204)

    async def _rows(self, request: Request) -> Response:
        def read(session: Session) -> dict[str, Any]:
            table = _require(session, request)
            if table.is_view:
                raise ApiError("invalid", f"Cannot list a table of type VIEW: {table.id}")
            return table_rows(session, table, request.query)

        return json_response(await self._database.run(read))


def _require(session: Session, request: Request) -> Table:
    where = request.path_params
    return require_table(session.catalog, TableId(where["project"], where["dataset"], where["table"]))
