"""The anonymous tables BigQuery keeps behind queries that name no destination."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.bigquery.job import JobKey
from local.bigquery.queries import ANONYMOUS_DATASET, ANONYMOUS_PREFIX
from local.bigquery.results import Results
from local.bigquery.wire import wire_rows

_TABLE = f"/bigquery/v2/projects/{{project}}/datasets/{ANONYMOUS_DATASET}/tables/{{table}}"
_PAGE_ROWS = 10_000


class AnonymousCalls:
    """Reads of query results as if they were tables, for clients that list a job's destination."""

    def __init__(self, results: Results) -> None:
        self._results = results

    def routes(self) -> list[Route]:
        """The calls answered here."""
        return [
            Route(_TABLE, self._get, methods=["GET"]),
            Route(_TABLE + "/data", self._data, methods=["GET"]),
        ]

    async def _get(self, request: Request) -> Response:
        rows, schema = await asyncio.to_thread(self._results.load, _key(request))
        where = request.path_params
        reference = {
            "projectId": where["project"],
            "datasetId": ANONYMOUS_DATASET,
            "tableId": where["table"],
        }
        return JSONResponse(
            {
                "kind": "bigquery#table",
                "id": f"{where['project']}:{ANONYMOUS_DATASET}.{where['table']}",
                "tableReference": reference,
                "type": "TABLE",
                "numRows": str(rows.num_rows),
                "schema": {"fields": schema},
            }
        )

    async def _data(self, request: Request) -> Response:
        query = request.query_params
        offset = int(query.get("pageToken") or query.get("startIndex") or 0)
        limit = int(query.get("maxResults") or _PAGE_ROWS)
        return JSONResponse(await asyncio.to_thread(self._page, _key(request), offset=offset, limit=limit))

    def _page(self, key: JobKey, *, offset: int, limit: int) -> dict[str, Any]:
        rows, _schema = self._results.load(key)
        answer: dict[str, Any] = {
            "kind": "bigquery#tableDataList",
            "totalRows": str(rows.num_rows),
            "rows": wire_rows(rows, offset=offset, limit=limit),
        }
        if offset + limit < rows.num_rows:
            answer["pageToken"] = str(offset + limit)
        return answer


def _key(request: Request) -> JobKey:
    return JobKey(request.path_params["project"], request.path_params["table"].removeprefix(ANONYMOUS_PREFIX))
