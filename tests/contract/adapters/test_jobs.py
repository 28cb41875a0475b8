"""BigQuery jobs: the id is the lock, an outcome is everybody's, and an error says no more than it may."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from google.cloud import bigquery
from google.oauth2.credentials import Credentials

from local.identity.access_tokens import access_token_of
from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.fresh_grants import SPREAD, FreshGrants, dataset_made_at
from shared.adapters.upload import CHUNK_BYTES
from shared.domain.errors import (
    AttemptError,
    ForbiddenError,
    NotYetError,
    StepError,
    StillRunningError,
    TransientError,
)
from shared.domain.ids import job_id, run_id_at
from shared.domain.job import JobHandle, LoadJob, QueryJob
from shared.domain.tenant_account import tenant_account
from tests.contract.adapters.charges import CHARGES
from tests.contract.adapters.stand_in import SETTLED, client_of, jobs_of
from tests.contract.adapters.steps import soon
from tests.contract.sources.api import Answer, Api, Request
from tests.fakes.clock import NOON, SetClock

SLOW = (
    "SELECT COUNT(*) AS found FROM UNNEST(GENERATE_ARRAY(1, 2000)) AS a, UNNEST(GENERATE_ARRAY(1, 15000)) AS b "
    "WHERE MOD(a * b, 7) = 3"
)


HANDLE = JobHandle(
    tenant_id="acme", job_id=job_id(run_id=run_id_at(NOON), step_number=1, attempt=1), location="US"
)
ENDLESS = SLOW.replace("2000)", "300000)").replace("15000)", "300000)")
Answering = Callable[[Callable[[Request], Answer]], BigQueryJobs]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Jobs of a BigQuery that gives these answers."""
    opened: list[Api] = []

    def open_api(answer: Callable[[Request], Answer]) -> BigQueryJobs:
        opened.append(Api(answer))
        return jobs_of(client_of(opened[-1].url))

    yield open_api
    for api in opened:
        api.close()


@pytest.fixture
def refusing(answering: Answering) -> Callable[[int, str], BigQueryJobs]:
    """Jobs of a BigQuery that gives every call the same error."""
    return lambda status, reason: answering(lambda _: refusal(status, reason))


def refusal(status: int, reason: str, message: str = "no") -> Answer:
    error = {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}
    return Answer({"error": error}, status=status)


def job_resource(error: dict[str, str], *, labels: dict[str, str] | None = None) -> dict[str, Any]:
    """A query job as BigQuery shows it when it is done with an error."""
    return {
        "jobReference": {"projectId": "p", "jobId": HANDLE.job_id, "location": HANDLE.location},
        "configuration": {"jobType": "QUERY", "query": {"query": "SELECT 1"}, "labels": labels or {}},
        "status": {"state": "DONE", "errorResult": error, "errors": [error]},
        "statistics": {},
    }


def query(tenant: str, sql: str) -> QueryJob:
    return QueryJob(
        tenant_id=tenant,
        job_id=job_id(run_id=run_id_at(NOON), step_number=1, attempt=1),
        location="US",
        sql=sql,
        max_bytes_billed=20_971_520,
        timeout_seconds=90,
        labels={"tenant_id": "acme", "step": "write"},
    )


def test_a_job_that_is_done_is_adopted_with_its_outcome(client: bigquery.Client, tenant: str) -> None:
    job = query(tenant, "SELECT 7 AS found")
    first, second = jobs_of(client), jobs_of(client)

    outcome = first.wait(first.submit(job), until=soon())
    adopted = second.wait(second.submit(job), until=soon())

    assert outcome.rows == ({"found": 7},)
    assert adopted == outcome


def test_a_job_that_still_runs_is_adopted_and_waited_for(client: bigquery.Client, tenant: str) -> None:
    job = query(tenant, SLOW)
    first, second = jobs_of(client), jobs_of(client)

    handle = first.submit(job)
    running = client.get_job(job.job_id, location="US").state
    adopted = second.wait(second.submit(job), until=soon())

    assert running in {"PENDING", "RUNNING"}
    assert adopted == first.wait(handle, until=soon())


def test_a_job_that_failed_fails_whoever_adopts_it(client: bigquery.Client, tenant: str) -> None:
    job = query(tenant, "SELECT CAST(CONCAT('not', ' yours') AS INT64) AS found")
    failures = []

    for warehouse in (jobs_of(client), jobs_of(client)):
        with pytest.raises(StepError) as failure:
            warehouse.wait(warehouse.submit(job), until=soon())
        failures.append(str(failure.value))

    assert failures[0] == failures[1]
    assert "not yours" not in failures[0]


def test_the_first_statement_with_an_id_is_the_one_that_counts(client: bigquery.Client, tenant: str) -> None:
    job = query(tenant, "SELECT 1 AS found")
    first, second = jobs_of(client), jobs_of(client)

    first.wait(first.submit(job), until=soon())
    adopted = second.wait(second.submit(job.model_copy(update={"sql": "SELECT 2 AS found"})), until=soon())

    assert adopted.rows == ({"found": 1},)


def test_a_job_that_fails_while_it_is_waited_for_fails_the_step(warehouse: BigQueryJobs, tenant: str) -> None:
    job = query(tenant, f"SELECT ERROR(CONCAT('found ', CAST(found AS STRING))) AS none FROM ({SLOW})")

    with pytest.raises(StepError, match="found"):
        warehouse.wait(warehouse.submit(job), until=soon())


def test_a_job_is_waited_for_until_the_time_is_up(warehouse: BigQueryJobs, tenant: str) -> None:
    handle = warehouse.submit(query(tenant, ENDLESS))
    began = time.monotonic()

    with pytest.raises(StillRunningError, match="still runs"):
        warehouse.wait(handle, until=datetime.now(tz=UTC) + timedelta(seconds=1))

    assert time.monotonic() - began > 1
    warehouse.cancel(handle)


def test_what_a_job_may_cost_and_whose_it_is_arrives(
    client: bigquery.Client, warehouse: BigQueryJobs, tenant: str
) -> None:
    job = query(tenant, "SELECT 1 AS found")

    warehouse.wait(warehouse.submit(job), until=soon())

    kept = client.get_job(job.job_id, location="US")
    assert isinstance(kept, bigquery.QueryJob)
    assert kept.labels == job.labels
    assert kept.maximum_bytes_billed == job.max_bytes_billed
    assert kept.to_api_repr()["configuration"]["jobTimeoutMs"] == "90000"


def test_a_statement_that_bigquery_does_not_take_fails_the_step(
    refusing: Callable[[int, str], BigQueryJobs],
) -> None:
    jobs = refusing(400, "invalidQuery")

    with pytest.raises(StepError, match="no"):
        jobs.submit(query("acme", "SELEC 1"))


@pytest.mark.parametrize(
    ("status", "reason", "message", "kind", "pause"),
    [
        (
            400,
            "jobRateLimitExceeded",
            "Exceeded rate limits: too many table update operations",
            "rate_limit",
            None,
        ),
        (
            400,
            "resourcesExceeded",
            "Too many DML statements outstanding against table p:d.t",
            "conflict",
            None,
        ),
        (403, "quotaExceeded", "Quota exceeded: too many load jobs", "quota", 600),
        (400, "tableUnavailable", "no", "unavailable", None),
    ],
)
def test_a_job_that_bigquery_does_not_take_now_is_submitted_again_later(
    answering: Answering, status: int, reason: str, message: str, kind: str, pause: int | None
) -> None:
    jobs = answering(lambda _: refusal(status, reason, message))

    with pytest.raises(TransientError, match="Could not submit job cdp_") as failure:
        jobs.submit(query("acme", "SELECT 1"))

    assert not isinstance(failure.value, AttemptError)
    assert (failure.value.kind, failure.value.retry_after_seconds) == (kind, pause)


@pytest.mark.parametrize("status", [404, 410])
def test_an_upload_that_bigquery_has_forgotten_is_begun_anew_later(answering: Answering, status: int) -> None:
    def forget(request: Request) -> Answer:
        if "upload_id" in request.parameters:
            return refusal(status, "notFound", "Not found: upload session")
        where = f"http://{request.headers['host']}{request.path}?uploadType=resumable&upload_id=1"
        return Answer(headers={"Location": where})

    content = [bytes(CHUNK_BYTES)]
    load = LoadJob(**HANDLE.model_dump(), table=CHARGES, content=content, timeout_seconds=9)

    with pytest.raises(TransientError, match="The upload for job cdp_"):
        answering(forget).submit(load)


@pytest.mark.parametrize(
    ("reason", "message", "kind", "pause"),
    [
        ("backendError", "Backend error", "unavailable", None),
        ("quotaExceeded", "Quota exceeded", "quota", 600),
        ("stopped", "Job execution was cancelled: User requested cancellation", "stopped", None),
        ("stopped", "Job execution was cancelled: Job timed out after 600s", "timeout", None),
        (
            "invalidQuery",
            "Transaction is aborted due to concurrent update against table d.t",
            "conflict",
            None,
        ),
    ],
)
def test_a_job_that_failed_for_now_ends_the_attempt(
    answering: Answering, reason: str, message: str, kind: str, pause: int | None
) -> None:
    jobs = answering(lambda _: Answer(job_resource({"reason": reason, "message": message})))

    with pytest.raises(AttemptError) as failure:
        jobs.wait(HANDLE, until=soon())

    assert str(failure.value) == message
    assert (failure.value.kind, failure.value.retry_after_seconds) == (kind, pause)


@pytest.mark.parametrize(
    "reason", ["resourcesExceeded", "bytesBilledLimitExceeded", "accessDenied", "notFound"]
)
def test_a_job_that_failed_for_good_fails_the_step(answering: Answering, reason: str) -> None:
    jobs = answering(lambda _: Answer(job_resource({"reason": reason, "message": "too much"})))

    with pytest.raises(StepError, match=r"^too much$"):
        jobs.wait(HANDLE, until=soon())


@pytest.mark.parametrize(("labels", "is_void"), [({"convergence": "void"}, True), ({"step": "write"}, False)])
def test_whose_an_id_is_that_is_taken_is_found_out_even_if_the_job_is_not_there_yet(
    answering: Answering, labels: dict[str, str], is_void: bool
) -> None:
    failed = job_resource({"reason": "invalidQuery", "message": "no"}, labels=labels)
    answers = [
        refusal(409, "duplicate", "Already Exists: Job p:US.cdp"),
        refusal(404, "notFound", "Not found: Job p:US.cdp"),
        Answer(failed),
    ]

    assert answering(lambda _: answers.pop(0)).void(HANDLE) == is_void


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "accessDenied"), (403, "billingNotEnabled"), (401, "authError")]
)
def test_what_google_refuses_is_forbidden(
    refusing: Callable[[int, str], BigQueryJobs], status: int, reason: str
) -> None:
    jobs = refusing(status, reason)

    with pytest.raises(ForbiddenError, match="submit job cdp_"):
        jobs.submit(query("acme", "SELECT 1"))


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (400, "invalid", ForbiddenError),
        (404, "notFound", TransientError),
        (412, "conditionNotMet", ForbiddenError),
    ],
)
def test_an_id_that_cannot_be_taken_is_told_in_our_words(
    refusing: Callable[[int, str], BigQueryJobs], status: int, reason: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match="take the id of job cdp_"):
        refusing(status, reason).void(HANDLE)


def test_a_stop_that_is_refused_is_told_in_our_words_unless_there_is_nothing_to_stop(
    refusing: Callable[[int, str], BigQueryJobs],
) -> None:
    refusing(400, "invalid").cancel(HANDLE)
    refusing(404, "notFound").cancel(HANDLE)

    with pytest.raises(ForbiddenError, match="refused to cancel job cdp_"):
        refusing(412, "conditionNotMet").cancel(HANDLE)


def test_a_job_is_its_tenants_own(client: bigquery.Client, tenant: str) -> None:
    account = tenant_account(tenant, project=client.project)
    url = str(client._connection.API_BASE_URL)
    own = client_of(url, credentials=Credentials(access_token_of(account)))
    with closing(own._http):
        jobs, job = BigQueryJobs({tenant: own}.__getitem__, grants=SETTLED), query(tenant, "SELECT 1 AS one")
        jobs.wait(jobs.submit(job), until=soon())

    assert client.get_job(job.job_id, location="US").user_email == account


def test_what_a_young_tenant_is_refused_is_left_for_later_and_a_used_job_id_for_another_attempt() -> None:
    made = {
        "datasetReference": {"projectId": "p", "datasetId": "acme"},
        "creationTime": f"{NOON.timestamp():.0f}000",
    }
    denied = job_resource({"reason": "accessDenied", "message": "Access Denied"})

    def answer(request: Request) -> Answer:
        if "/datasets/acme" in request.path:
            return Answer(made)
        return Answer(denied) if f"/jobs/{HANDLE.job_id}" in request.path else refusal(403, "accessDenied")

    def met(age: timedelta) -> list[type[Exception]]:
        with closing(Api(answer)) as api:
            client = client_of(api.url)
            clock = SetClock(NOON + age)
            grants = FreshGrants(partial(dataset_made_at, lambda _: client), clock=clock)
            jobs = BigQueryJobs(lambda _: client, grants=grants)
            calls: list[Callable[[], object]] = [
                lambda: jobs.void(HANDLE),
                lambda: jobs.submit(query("acme", "SELECT 1")),
                lambda: jobs.wait(HANDLE, until=soon()),
            ]
            return [_failure_of(call) for call in calls]

    young, old = met(SPREAD - timedelta(seconds=1)), met(SPREAD)

    assert young == [NotYetError, NotYetError, AttemptError]
    assert old == [ForbiddenError, ForbiddenError, StepError]


def _failure_of(call: Callable[[], object]) -> type[Exception]:
    with pytest.raises((TransientError, ForbiddenError, StepError)) as caught:
        call()
    return caught.type
