"""The REST calls on datasets and tables that upstream answers wrongly."""

from __future__ import annotations

from typing import Any

from bqemulator.api.dependencies import AppContext
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.bigquery.lanes import Lanes
from local.bigquery.tables import (
    change_table,
    create_table,
    delete_table,
    list_item,
    require_dataset,
    require_table_meta,
    table_resource,
)
from local.bigquery.views import change_view, create_view

TABLES = "/bigquery/v2/projects/{project}/datasets/{dataset}/tables"
_PAGE = 1000


class TableCalls:
    """Tables and views over HTTP."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def routes(self) -> list[Route]:
        """The calls answered here."""
        one = TABLES + "/{table}"
        return [
            Route(TABLES, self._insert, methods=["POST"]),
            Route(TABLES, self._list, methods=["GET"]),
            Route(one, self._get, methods=["GET"]),
            Route(one, self._change, methods=["PATCH", "PUT"]),
            Route(one, self._delete, methods=["DELETE"]),
        ]

    async def _insert(self, request: Request) -> Response:
        body = await request.json()
        where = {"project": request.path_params["project"], "dataset": request.path_params["dataset"]}

        async def insert(storage: AppContext) -> dict[str, Any]:
            if "view" in body:
                meta = await create_view(storage, **where, body=body)
            else:
                meta = create_table(storage, **where, body=body)
            return table_resource(storage, meta)

        return JSONResponse(await self._lanes.commit(insert))

    async def _list(self, request: Request) -> Response:
        project, dataset = request.path_params["project"], request.path_params["dataset"]
        offset = int(request.query_params.get("pageToken") or 0)
        limit = int(request.query_params.get("maxResults") or _PAGE)

        async def read(storage: AppContext) -> dict[str, Any]:
            require_dataset(storage, project=project, dataset=dataset)
            metas = sorted(storage.catalog.list_tables(project, dataset), key=lambda meta: meta.table_id)
            page = [list_item(meta) for meta in metas[offset : offset + limit]]
            answer: dict[str, Any] = {"kind": "bigquery#tableList", "totalItems": len(metas)}
            if page:
                answer["tables"] = page
            if offset + limit < len(metas):
                answer["nextPageToken"] = str(offset + limit)
            return answer

        return JSONResponse(await self._lanes.commit(read, short=True))

    async def _get(self, request: Request) -> Response:
        async def read(storage: AppContext) -> dict[str, Any]:
            return table_resource(storage, require_table_meta(storage, **request.path_params))

        return JSONResponse(await self._lanes.commit(read, short=True))

    async def _change(self, request: Request) -> Response:
        body = await request.json()

        async def change(storage: AppContext) -> dict[str, Any]:
            meta = require_table_meta(storage, **request.path_params)
            if meta.table_type == "VIEW":
                return table_resource(storage, await change_view(storage, meta, body=body))
            return table_resource(storage, change_table(storage, meta, body=body))

        return JSONResponse(await self._lanes.commit(change))

    async def _delete(self, request: Request) -> Response:
        async def delete(storage: AppContext) -> None:
            delete_table(storage, require_table_meta(storage, **request.path_params))

        await self._lanes.commit(delete)
        return Response(status_code=204)
