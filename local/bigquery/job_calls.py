"""The REST calls on jobs and on the results of queries."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from bqemulator.api.dependencies import AppContext
from bqemulator.jobs.executor import execute_copy_job, execute_extract_job
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.bigquery.caller import caller
from local.bigquery.dry_run import dry_run
from local.bigquery.job import Job, JobKey, Outcome, create_job_id
from local.bigquery.jobs import Execute, Jobs
from local.bigquery.lanes import Lanes
from local.bigquery.loads import run_load
from local.bigquery.problem import ApiError
from local.bigquery.queries import run_query
from local.bigquery.results import Results
from local.bigquery.short_queries import only_reads, reads_nothing
from local.bigquery.wire import take_format_options, wire_rows

JOBS = "/bigquery/v2/projects/{project}/jobs"
QUERIES = "/bigquery/v2/projects/{project}/queries"
# A job that ends within this time is answered as DONE at once; BigQuery's own are rarely that fast.
_INSERT_SECONDS = 1.0
_DEFAULT_TIMEOUT_MS = 10_000
_PAGE_ROWS = 10_000
_UPSTREAM = {"copy": execute_copy_job, "extract": execute_extract_job}


class JobCalls:
    """Jobs over HTTP."""

    def __init__(self, jobs: Jobs, *, results: Results, lanes: Lanes) -> None:
        self._jobs = jobs
        self._results = results
        self._lanes = lanes

    def routes(self) -> list[Route]:
        """The calls answered here."""
        return [
            Route(JOBS, self._insert, methods=["POST"]),
            Route(JOBS, self._list, methods=["GET"]),
            Route(JOBS + "/{job}", self._get, methods=["GET"]),
            Route(JOBS + "/{job}/cancel", self._cancel, methods=["POST"]),
            Route(QUERIES, self._query, methods=["POST"]),
            Route(QUERIES + "/{job}", self._query_results, methods=["GET"]),
        ]

    async def _insert(self, request: Request) -> Response:
        body = await request.json()
        configuration = body.get("configuration") or {}
        reference = body.get("jobReference") or {}
        key = JobKey(request.path_params["project"], reference.get("jobId") or create_job_id())
        job = Job(key, configuration, location=reference.get("location"), user_email=caller(request))
        execute = _execute(configuration)
        if configuration.get("dryRun"):
            return JSONResponse(await dry_run(self._lanes, job))
        await self._jobs.submit(job, execute, short=reads_nothing(configuration))
        await self._jobs.wait(job, seconds=_INSERT_SECONDS)
        return JSONResponse(await self._jobs.find(key))

    async def _get(self, request: Request) -> Response:
        resource = await self._jobs.find(_key(request))
        location = request.query_params.get("location")
        if location and location.lower() != resource["jobReference"]["location"].lower():
            raise ApiError("notFound", f"Not found: Job {resource['id'].partition(':')[0]}:{location}")
        return JSONResponse(resource)

    async def _list(self, request: Request) -> Response:
        query = request.query_params
        project, offset = request.path_params["project"], int(query.get("pageToken") or 0)
        limit = int(query.get("maxResults") or 50)
        # No job has children here: a script runs as one job.
        found = [] if "parentJobId" in query else await self._jobs.newest(project, limit=limit, offset=offset)
        states = {state.upper() for state in query.getlist("stateFilter")}
        shown = [{**job, "state": job["status"]["state"]} for job in found]
        answer: dict[str, Any] = {
            "kind": "bigquery#jobList",
            "jobs": [job for job in shown if not states or job["state"] in states],
        }
        if len(found) == limit:
            answer["nextPageToken"] = str(offset + limit)
        return JSONResponse(answer)

    async def _cancel(self, request: Request) -> Response:
        resource = await self._jobs.cancel(_key(request))
        return JSONResponse({"kind": "bigquery#jobCancelResponse", "job": resource})

    async def _query(self, request: Request) -> Response:
        """jobs.query: a failing statement is an HTTP error (upstream 1.4.0 answers 200 without rows)."""
        body = await request.json()
        take_format_options(body.get("formatOptions") or {})
        job = _query_job(request.path_params["project"], body, user_email=caller(request))
        if body.get("dryRun"):
            return JSONResponse(_dry_query_answer(await dry_run(self._lanes, job)))
        try:
            await self._jobs.submit(job, run_query, short=only_reads(job.configuration))
        except ApiError as error:
            # The same request again, by its requestId: answered from the job the first one started.
            if error.reason != "duplicate" or not body.get("requestId"):
                raise
        return await self._answer(job.key, request=_Page.of_body(body))

    async def _query_results(self, request: Request) -> Response:
        return await self._answer(_key(request), request=_Page.of_parameters(request))

    async def _answer(self, key: JobKey, *, request: _Page) -> Response:
        live = self._jobs.live(key)
        if live is not None and not await self._jobs.wait(live, seconds=request.timeout_seconds):
            reference = live.resource["jobReference"]
            return JSONResponse(
                {"kind": "bigquery#queryResponse", "jobReference": reference, "jobComplete": False}
            )
        resource = await self._jobs.find(key)
        error = resource["status"].get("errorResult")
        if error is not None:
            raise ApiError(error["reason"], error["message"], location=error.get("location"))
        return JSONResponse(await asyncio.to_thread(self._page, key, resource=resource, request=request))

    def _page(self, key: JobKey, *, resource: dict[str, Any], request: _Page) -> dict[str, Any]:
        table, schema = self._results.load(key)
        figures = resource["statistics"].get("query", {})
        answer: dict[str, Any] = {
            "kind": "bigquery#queryResponse",
            "jobReference": resource["jobReference"],
            "jobComplete": True,
            "schema": {"fields": schema},
            "totalRows": str(table.num_rows),
            "cacheHit": False,
            **{name: figures[name] for name in _SHOWN_FIGURES if name in figures},
        }
        if request.limit > 0:
            answer["rows"] = wire_rows(table, offset=request.offset, limit=request.limit)
        following = request.offset + request.limit
        if following < table.num_rows:
            answer["pageToken"] = str(following)
        return answer


_SHOWN_FIGURES = ("totalBytesProcessed", "totalBytesBilled", "totalSlotMs", "numDmlAffectedRows", "dmlStats")


class _Page:
    """Which rows a caller asked for, and how long they will wait for them."""

    def __init__(self, *, limit: Any, offset: Any, timeout_ms: Any) -> None:
        self.limit = min(_PAGE_ROWS if limit is None else int(limit), 100_000)
        self.offset = int(offset or 0)
        self.timeout_seconds = (_DEFAULT_TIMEOUT_MS if timeout_ms is None else int(timeout_ms)) / 1000

    @classmethod
    def of_body(cls, body: dict[str, Any]) -> _Page:
        return cls(limit=body.get("maxResults"), offset=0, timeout_ms=body.get("timeoutMs"))

    @classmethod
    def of_parameters(cls, request: Request) -> _Page:
        query = request.query_params
        offset = query.get("pageToken") or query.get("startIndex")
        return cls(limit=query.get("maxResults"), offset=offset, timeout_ms=query.get("timeoutMs"))


def _key(request: Request) -> JobKey:
    return JobKey(request.path_params["project"], request.path_params["job"])


def _execute(configuration: dict[str, Any]) -> Execute:
    if "query" in configuration:
        return run_query
    if "load" in configuration:
        return run_load
    for kind, upstream in _UPSTREAM.items():
        if kind in configuration:
            return _upstream_job(upstream)
    raise ApiError("invalid", "Required parameter is missing: configuration.query, .load, .copy or .extract")


def _upstream_job(upstream: Any) -> Execute:
    async def execute(storage: AppContext, job: Job) -> Outcome:
        await upstream(job.key.project, job.key.job_id, job.configuration, storage)
        return Outcome(statistics={})

    return execute


def _query_job(project: str, body: dict[str, Any], *, user_email: str | None) -> Job:
    request_id = body.get("requestId")
    job_id = create_job_id()
    if request_id:
        job_id = "job_" + hashlib.sha256(f"{project}/{request_id}".encode()).hexdigest()[:32]
    apart = {"kind", "maxResults", "timeoutMs", "dryRun", "requestId", "location", "labels", "formatOptions"}
    query = {name: value for name, value in body.items() if name not in apart}
    # Here alone, the REST default is legacy SQL as well; upstream and this stand-in take GoogleSQL unless told.
    configuration = {"query": query, **({"labels": body["labels"]} if body.get("labels") else {})}
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
