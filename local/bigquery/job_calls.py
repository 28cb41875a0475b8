"""The REST calls on jobs and on the results of queries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from local.bigquery.caller import caller
from local.bigquery.database import Database
from local.bigquery.job import Execute, Job, JobKey, create_job_id
from local.bigquery.jobs import Jobs
from local.bigquery.problem import ApiError
from local.bigquery.queries import Queries
from local.bigquery.records import Ended
from local.bigquery.result_pages import ResultPages
from local.bigquery.rows import Page, build_page, parse_page
from local.bigquery.web import Request, Response, Route, json_response

JOBS = "/bigquery/v2/projects/{project}/jobs"
QUERIES = "/bigquery/v2/projects/{project}/queries"
# A job that ends within this time is answered as DONE at once; BigQuery's own are rarely that fast.
_INSERT_SECONDS = 1.0
_DEFAULT_TIMEOUT_MS = 10_000
_SHOWN_FIGURES = ("totalBytesProcessed", "totalBytesBilled", "totalSlotMs", "numDmlAffectedRows", "dmlStats")
# Members of a `QueryRequest` that are not of its job's configuration.
_APART = {"kind", "maxResults", "timeoutMs", "dryRun", "requestId", "location", "labels", "formatOptions"}
_APART |= {"jobCreationMode", "jobTimeoutMs", "reservation"}


class JobCalls:
    """Jobs over HTTP."""

    def __init__(
        self,
        jobs: Jobs,
        *,
        database: Database,
        queries: Queries,
        pages: ResultPages,
        others: Mapping[str, Execute],
    ) -> None:
        self._jobs = jobs
        self._database = database
        self._queries = queries
        self._pages = pages
        self._execute_by_kind = {"query": queries.run, **others}

    def routes(self) -> list[Route]:
        """The calls answered here."""
        return [
            Route("POST", JOBS, self._insert),
            Route("GET", JOBS, self._list),
            Route("GET", JOBS + "/{job}", self._get),
            Route("POST", JOBS + "/{job}/cancel", self._cancel),
            Route("POST", QUERIES, self._query),
            Route("GET", QUERIES + "/{job}", self._query_results),
        ]

    async def _insert(self, request: Request) -> Response:
        body = request.json()
        configuration = body.get("configuration") or {}
        reference = body.get("jobReference") or {}
        key = JobKey(request.path_params["project"], reference.get("jobId") or create_job_id())
        job = Job(key, configuration, location=reference.get("location"), user_email=caller(request))
        execute = next((one for kind, one in self._execute_by_kind.items() if kind in configuration), None)
        if execute is None:
            message = "Required parameter is missing: configuration.query, .load, .copy or .extract"
            raise ApiError("invalid", message)
        if configuration.get("dryRun"):
            return json_response(await self._dry_run(job))
        self._jobs.submit(job, execute)
        return json_response(await self._wait(job, seconds=_INSERT_SECONDS))

    async def _get(self, request: Request) -> Response:
        resource = await self._jobs.find(_key(request))
        location = request.query.get("location")
        if location and location.lower() != resource["jobReference"]["location"].lower():
            raise ApiError("notFound", f"Not found: Job {resource['id'].partition(':')[0]}:{location}")
        return json_response(resource)

    async def _list(self, request: Request) -> Response:
        query = request.query
        project, offset = request.path_params["project"], int(query.get("pageToken") or 0)
        limit = int(query.get("maxResults") or 50)
        parent = query.get("parentJobId")
        found = (
            (await self._jobs.children(JobKey(project, parent)))[offset : offset + limit]
            if parent is not None
            else await self._jobs.newest(project, limit=limit, offset=offset)
        )
        states = {value.upper() for name, value in request.query_pairs if name == "stateFilter"}
        shown = [{**job, "state": job["status"]["state"]} for job in found]
        answer: dict[str, Any] = {
            "kind": "bigquery#jobList",
            "jobs": [job for job in shown if not states or job["state"] in states],
        }
        if len(found) == limit:
            answer["nextPageToken"] = str(offset + limit)
        return json_response(answer)

    async def _cancel(self, request: Request) -> Response:
        resource = await self._jobs.cancel(_key(request))
        return json_response({"kind": "bigquery#jobCancelResponse", "job": resource})

    async def _query(self, request: Request) -> Response:
        """jobs.query: a failing statement is an HTTP error."""
        body = request.json()
        job = _query_job(request.path_params["project"], body, user_email=caller(request))
        if body.get("dryRun"):
            return json_response(_dry_query_answer(await self._dry_run(job)))
        try:
            self._jobs.submit(job, self._queries.run)
        except ApiError as error:
            # The same request again, by its requestId: answered from the job the first one started.
            if error.reason != "duplicate" or not body.get("requestId"):
                raise
        page = build_page(body.get("maxResults"), 0, body.get("formatOptions") or {})
        return await self._answer(job.key, page, timeout_ms=body.get("timeoutMs"))

    async def _query_results(self, request: Request) -> Response:
        return await self._answer(
            _key(request), parse_page(request.query), timeout_ms=request.query.get("timeoutMs")
        )

    async def _dry_run(self, job: Job) -> dict[str, Any]:
        if "query" not in job.configuration:
            raise ApiError("invalid", "Only query jobs can be dry-run here")
        job.succeed(await self._database.run(lambda session: self._queries.analyze(session, job)))
        resource = job.resource
        del resource["jobReference"]["jobId"]
        return resource

    async def _wait(self, job: Job, *, seconds: float) -> dict[str, Any]:
        await self._jobs.wait(job, seconds=seconds)
        return await self._jobs.find(job.key)

    async def _answer(self, key: JobKey, page: Page, *, timeout_ms: Any) -> Response:
        live = self._jobs.live(key)
        seconds = (_DEFAULT_TIMEOUT_MS if timeout_ms is None else int(timeout_ms)) / 1000
        if live is not None and not await self._jobs.wait(live, seconds=seconds):
            reference = live.resource["jobReference"]
            return json_response(
                {"kind": "bigquery#queryResponse", "jobReference": reference, "jobComplete": False}
            )
        ended = await self._jobs.ended(key)
        error = ended.resource["status"].get("errorResult")
        if error is not None:
            raise ApiError(error["reason"], error["message"], location=error.get("location"))
        return json_response(await self._page(ended, page))

    async def _page(self, ended: Ended, page: Page) -> dict[str, Any]:
        figures = ended.resource["statistics"].get("query", {})
        schema = ended.result.schema if ended.result else []
        total, rows = await self._pages.read(ended, page)
        return {
            "kind": "bigquery#queryResponse",
            "jobReference": ended.resource["jobReference"],
            "jobComplete": True,
            "schema": {"fields": schema},
            "totalRows": str(total),
            "cacheHit": False,
            **{name: figures[name] for name in _SHOWN_FIGURES if name in figures},
            **({"rows": rows} if page.limit > 0 else {}),
            **page.next_token(total),
        }


def _key(request: Request) -> JobKey:
    return JobKey(request.path_params["project"], request.path_params["job"])


def _query_job(project: str, body: dict[str, Any], *, user_email: str | None) -> Job:
    request_id = body.get("requestId")
    digest = hashlib.sha256(f"{project}/{request_id}".encode()).hexdigest()
    job_id = f"job_{digest[:32]}" if request_id else create_job_id()
    configuration: dict[str, Any] = {
        "query": {name: value for name, value in body.items() if name not in _APART}
    }
    for name in ("labels", "jobTimeoutMs"):
        if body.get(name):
            configuration[name] = body[name]
    return Job(JobKey(project, job_id), configuration, location=body.get("location"), user_email=user_email)


def _dry_query_answer(resource: dict[str, Any]) -> dict[str, Any]:
    figures = resource["statistics"]["query"]
    return {
        "kind": "bigquery#queryResponse",
        "jobReference": {"projectId": resource["jobReference"]["projectId"]},
        "jobComplete": True,
        "totalBytesProcessed": figures["totalBytesProcessed"],
        "schema": figures["schema"],
        "totalRows": "0",
        "cacheHit": False,
    }
