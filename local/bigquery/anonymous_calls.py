"""The anonymous tables BigQuery keeps behind queries that name no destination."""

from __future__ import annotations

from local.bigquery.job import JobKey
from local.bigquery.jobs import Jobs
from local.bigquery.problem import ApiError
from local.bigquery.records import Ended
from local.bigquery.result_pages import ResultPages
from local.bigquery.rows import parse_page
from local.bigquery.script import ANONYMOUS_DATASET, ANONYMOUS_PREFIX
from local.bigquery.web import Request, Response, Route, json_response

_TABLE = f"/bigquery/v2/projects/{{project}}/datasets/{ANONYMOUS_DATASET}/tables/{{table}}"


class AnonymousCalls:
    """Reads of query results as if they were tables, for clients that list a job's destination."""

    def __init__(self, jobs: Jobs, pages: ResultPages) -> None:
        self._jobs = jobs
        self._pages = pages

    def routes(self) -> list[Route]:
        """The calls answered here."""
        return [Route("GET", _TABLE, self._get), Route("GET", _TABLE + "/data", self._rows)]

    async def _get(self, request: Request) -> Response:
        ended = await self._find(request)
        where = request.path_params
        reference = {
            "projectId": where["project"],
            "datasetId": ANONYMOUS_DATASET,
            "tableId": where["table"],
        }
        return json_response(
            {
                "kind": "bigquery#table",
                "id": f"{where['project']}:{ANONYMOUS_DATASET}.{where['table']}",
                "tableReference": reference,
                "type": "TABLE",
                "numRows": str(ended.result.total if ended.result else 0),
                "schema": {"fields": ended.result.schema if ended.result else []},
            }
        )

    async def _rows(self, request: Request) -> Response:
        page = parse_page(request.query)
        total, rows = await self._pages.read(await self._find(request), page)
        return json_response(
            {
                "kind": "bigquery#tableDataList",
                "totalRows": str(total),
                "rows": rows,
                **page.next_token(total),
            }
        )

    async def _find(self, request: Request) -> Ended:
        where = request.path_params
        try:
            key = JobKey(where["project"], where["table"].removeprefix(ANONYMOUS_PREFIX))
            return await self._jobs.ended(key)
        except ApiError as error:
            name = f"{where['project']}:{ANONYMOUS_DATASET}.{where['table']}"
            raise ApiError("notFound", f"Not found: Table {name}") from error
