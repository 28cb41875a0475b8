"""The HTTP surface: which function answers which call, and what an error looks like on the wire."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from bqemulator.api.middleware import GzipRequestMiddleware
from bqemulator.domain.errors import DomainError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.bigquery.anonymous_calls import AnonymousCalls
from local.bigquery.dataset_calls import DatasetCalls
from local.bigquery.job_calls import JobCalls
from local.bigquery.jobs import Jobs
from local.bigquery.lanes import Lanes
from local.bigquery.problem import ApiError, api_error, error_body
from local.bigquery.records import JobRecords
from local.bigquery.results import Results
from local.bigquery.streaming import Streaming
from local.bigquery.table_calls import TableCalls
from local.bigquery.uploads import Uploads
from local.bigquery.upstream import Upstream
from local.bigquery.wire import take_format_options

Answer = Callable[[Request], Awaitable[Response]]
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def build_app(lanes: Lanes, *, records: JobRecords, data_dir: Path) -> Starlette:
    """The stand-in's ASGI application. What has no correction here is passed on to upstream."""
    results = Results(data_dir / "results")
    jobs = Jobs(lanes, records=records, results=results)

    corrected = [
        *JobCalls(jobs, results=results, lanes=lanes).routes(),
        *Uploads(jobs, folder=data_dir / "uploads").routes(),
        *Streaming(lanes).routes(),
        *AnonymousCalls(results).routes(),
        *TableCalls(lanes).routes(),
        *DatasetCalls(lanes).routes(),
    ]
    routes = [
        Route(route.path, _guarded(route.endpoint), methods=sorted(route.methods or ()))
        for route in corrected
    ]
    routes.append(Route("/{path:path}", _guarded(Upstream(lanes).answer), methods=_METHODS))
    return Starlette(routes=routes, middleware=[Middleware(GzipRequestMiddleware)])


def _guarded(answer: Answer) -> Answer:
    """Turn every error of `answer` into Google's JSON; one that nobody expected is logged as one line."""

    async def guarded(request: Request) -> Response:
        prefix = "formatOptions."
        options = {
            name.removeprefix(prefix): value
            for name, value in request.query_params.items()
            if name.startswith(prefix)
        }
        take_format_options(options)
        try:
            return await answer(request)
        except ApiError as error:
            return _refusal(error)
        except DomainError as error:
            return _refusal(api_error(error))
        except ValueError as error:
            # What is left of these comes from reading the request: bad JSON, a number that is none.
            return _refusal(ApiError("invalid", f"Invalid request: {type(error).__name__}"))
        except Exception as error:  # noqa: BLE001 - the boundary: the client gets an answer whatever happened
            print(f"bigquery: {request.method} {request.url.path}: {type(error).__name__}", file=sys.stderr)
            return _refusal(
                ApiError("internalError", f"An internal error occurred ({type(error).__name__}).")
            )

    return guarded


def _refusal(error: ApiError) -> JSONResponse:
    return JSONResponse(error_body(error), status_code=error.status)
