"""The HTTP surface: which function answers which call, and what an error looks like on the wire."""

from __future__ import annotations

import json
import sys
from functools import partial

from local.bigquery.anonymous_calls import AnonymousCalls
from local.bigquery.buckets import Buckets
from local.bigquery.copies import run_copy
from local.bigquery.database import Database
from local.bigquery.dataset_calls import DatasetCalls
from local.bigquery.extracts import run_extract
from local.bigquery.functions.install import install
from local.bigquery.googlesql.evaluator import Evaluator
from local.bigquery.googlesql.library import Library
from local.bigquery.job import Execute
from local.bigquery.job_calls import JobCalls
from local.bigquery.jobs import Jobs
from local.bigquery.loads import Loads
from local.bigquery.problem import ApiError, error_body
from local.bigquery.queries import Queries
from local.bigquery.records import JobRecords
from local.bigquery.result_pages import ResultPages
from local.bigquery.results import Results
from local.bigquery.streaming import Streaming
from local.bigquery.table_calls import TableCalls
from local.bigquery.translate.information_schema import JOBS_FUNCTION
from local.bigquery.translate.translator import Translator
from local.bigquery.uploads import Uploads
from local.bigquery.web import Request, Response, Routes, json_response


class App:
    """The stand-in: answers requests."""

    def __init__(self, database: Database, *, storage_url: str | None = None) -> None:
        library = Library()
        translator = Translator(library)
        database.default_value = translator.default_value
        install(database.connection)
        evaluator = Evaluator(library, database.connection)
        results = Results(database.data_dir / "results")
        self.jobs = Jobs(database, records=JobRecords(database))
        _offer_jobs(database)
        queries = Queries(translator, evaluator, results=results)
        pages = ResultPages(database, results)
        buckets = Buckets(storage_url)
        loads = Loads(database, buckets)
        extract = partial(run_extract, buckets=buckets, folder=loads.folder)
        others: dict[str, Execute] = {"load": loads.run, "copy": run_copy, "extract": extract}
        calls = JobCalls(self.jobs, database=database, queries=queries, pages=pages, others=others)
        self._routes = Routes(
            [
                *calls.routes(),
                *Uploads(self.jobs, loads).routes(),
                *Streaming(database).routes(),
                *AnonymousCalls(self.jobs, pages).routes(),
                *TableCalls(database, translator).routes(),
                *DatasetCalls(database).routes(),
            ]
        )

    async def respond(self, request: Request) -> Response:
        """Answer; every error is Google's JSON, and one that nobody expected is logged as one line."""
        try:
            answer, matched = self._routes.find(request)
            return await answer(matched)
        except ApiError as error:
            return _refusal(error)
        except ValueError as error:
            # What is left of these comes from reading the request, such as a number that is none.
            return _refusal(ApiError("invalid", f"Invalid request: {type(error).__name__}"))
        except Exception as error:  # noqa: BLE001 - the boundary: the client gets an answer whatever happened
            print(f"bigquery: {request.method} {request.path}: {type(error).__name__}", file=sys.stderr)
            return _refusal(
                ApiError("internalError", f"An internal error occurred ({type(error).__name__}).")
            )


def _offer_jobs(database: Database) -> None:
    """Have DuckDB know the jobs, for INFORMATION_SCHEMA."""

    def list_jobs(project: str) -> list[str]:
        return [json.dumps(job) for job in database.jobs(project)]

    database.connection.create_function(JOBS_FUNCTION, list_jobs, ["VARCHAR"], "VARCHAR[]", side_effects=True)


def _refusal(error: ApiError) -> Response:
    return json_response(error_body(error), status=error.status)
