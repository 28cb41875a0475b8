"""How many calls of BigQuery's API a job takes: each costs time and counts against a quota."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.domain.errors import StillRunningError
from shared.domain.ids import job_id, run_id_at
from shared.domain.job import JobHandle, LoadJob, QueryJob
from tests.contract.adapters.charges import CHARGES
from tests.contract.adapters.stand_in import client_of, jobs_of
from tests.contract.adapters.steps import soon
from tests.contract.sources.api import Answer, Api, Request
from tests.fakes.clock import NOON

HANDLE = JobHandle(
    tenant_id="acme", job_id=job_id(run_id=run_id_at(NOON), step_number=1, attempt=1), location="US"
)
Answering = Callable[[Callable[[Request], Answer]], tuple[Api, BigQueryJobs]]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """A BigQuery that gives these answers, and jobs of it."""
    opened: list[Api] = []

    def open_api(answer: Callable[[Request], Answer]) -> tuple[Api, BigQueryJobs]:
        opened.append(Api(answer))
        return opened[-1], jobs_of(client_of(opened[-1].url))

    yield open_api
    for api in opened:
        api.close()


def query(sql: str) -> QueryJob:
    return QueryJob(
        **HANDLE.model_dump(), sql=sql, max_bytes_billed=20_971_520, timeout_seconds=90, labels={}
    )


def resource(kind: str, *, state: str = "DONE", statement: str = "INSERT") -> Answer:
    """A job as BigQuery shows it."""
    configuration = {"jobType": kind.upper(), kind: {"query": "…"} if kind == "query" else {}}
    statistics: dict[str, Any] = {"query": {"statementType": statement}, "load": {"outputRows": "7"}}
    return Answer(
        {
            "jobReference": {"projectId": "p", "jobId": HANDLE.job_id, "location": HANDLE.location},
            "configuration": configuration,
            "status": {"state": state},
            "statistics": {kind: statistics[kind], "endTime": "1763208000000"},
        }
    )


def test_a_statement_that_is_done_at_once_takes_one_call(answering: Answering) -> None:
    api, jobs = answering(lambda _: resource("query"))

    jobs.wait(jobs.submit(query("INSERT …")), until=soon())

    assert len(api.requests) == 1


def test_the_rows_of_a_select_take_one_call_more(answering: Answering) -> None:
    def answer(request: Request) -> Answer:
        if "/queries/" not in request.path:
            return resource("query", statement="SELECT")
        return Answer(
            {
                "jobReference": {"projectId": "p", "jobId": HANDLE.job_id, "location": HANDLE.location},
                "jobComplete": True,
                "schema": {"fields": [{"name": "found", "type": "INTEGER"}]},
                "totalRows": "1",
                "rows": [{"f": [{"v": "7"}]}],
            }
        )

    api, jobs = answering(answer)

    outcome = jobs.wait(jobs.submit(query("SELECT …")), until=soon())

    assert outcome.rows == ({"found": 7},)
    assert len(api.requests) == 2


def test_a_small_file_is_loaded_in_one_call(answering: Answering) -> None:
    api, jobs = answering(lambda _: resource("load"))
    load = LoadJob(**HANDLE.model_dump(), table=CHARGES, content=[b"ro", b"ws"], timeout_seconds=9)

    outcome = jobs.wait(jobs.submit(load), until=soon())

    assert outcome.rows_written == 7
    assert [request.parameters["uploadType"] for request in api.requests] == [["multipart"]]


def test_a_job_that_was_shown_to_go_on_is_looked_at_after_a_pause(answering: Answering) -> None:
    states = iter(["RUNNING", "DONE"])
    api, jobs = answering(lambda _: resource("query", state=next(states)))

    jobs.wait(jobs.submit(query("INSERT …")), until=soon())

    assert len(api.requests) == 2


@pytest.mark.parametrize("seconds", [-1, 0, 0.1])
def test_a_job_is_looked_at_once_more_when_the_time_is_up(answering: Answering, seconds: float) -> None:
    api, jobs = answering(lambda _: resource("query", state="RUNNING"))
    handle = jobs.submit(query("INSERT …"))

    with pytest.raises(StillRunningError):
        jobs.wait(handle, until=datetime.now(tz=UTC) + timedelta(seconds=seconds))

    assert len(api.requests) == 2


def test_a_job_that_ended_before_the_time_was_up_is_done(answering: Answering) -> None:
    states = iter(["RUNNING", "DONE"])
    _, jobs = answering(lambda _: resource("query", state=next(states)))
    handle = jobs.submit(query("INSERT …"))

    assert jobs.wait(handle, until=datetime.now(tz=UTC) - timedelta(seconds=1)).job_id == HANDLE.job_id
