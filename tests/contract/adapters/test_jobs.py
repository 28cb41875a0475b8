"""BigQuery jobs: the id is the lock, an outcome is everybody's, and an error says no more than it may."""

from collections.abc import Callable, Iterator

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.domain.errors import ForbiddenError, StepError, TransientError
from shared.domain.ids import job_id, run_id_at
from shared.domain.job import QueryJob
from tests.contract.adapters.stand_in import client_of
from tests.contract.sources.api import Answer, Api
from tests.fakes.clock import NOON

SLOW = (
    "SELECT COUNT(*) AS found FROM UNNEST(GENERATE_ARRAY(1, 10000)) AS a, UNNEST(GENERATE_ARRAY(1, 20000)) AS b "
    "WHERE MOD(a * b, 7) = 3"
)


@pytest.fixture
def refusing() -> Iterator[Callable[[int, str], BigQueryJobs]]:
    """Jobs of a BigQuery that gives every call the same error."""
    opened: list[Api] = []

    def refuse(status: int, reason: str) -> BigQueryJobs:
        error = {"code": status, "message": "no", "errors": [{"reason": reason, "message": "no"}]}
        opened.append(Api(lambda _: Answer({"error": error}, status=status)))
        return BigQueryJobs(client_of(opened[-1].url))

    yield refuse
    for api in opened:
        api.close()


def query(tenant: str, sql: str) -> QueryJob:
    return QueryJob(
        job_id=job_id(run_id=run_id_at(NOON), step_number=1, attempt=1),
        location="US",
        dataset=tenant,
        sql=sql,
        max_bytes_billed=20_971_520,
        timeout_seconds=90,
        labels={"tenant_id": "acme", "step": "write"},
    )


def test_a_job_that_is_done_is_adopted_with_its_outcome(client: bigquery.Client, tenant: str) -> None:
    job = query(tenant, "SELECT 7 AS found")
    first, second = BigQueryJobs(client), BigQueryJobs(client)

    outcome = first.wait(first.submit(job))
    adopted = second.wait(second.submit(job))

    assert outcome.rows == ({"found": 7},)
    assert adopted == outcome


def test_a_job_that_still_runs_is_adopted_and_waited_for(client: bigquery.Client, tenant: str) -> None:
    job = query(tenant, SLOW)
    first, second = BigQueryJobs(client), BigQueryJobs(client)

    handle = first.submit(job)
    running = client.get_job(job.job_id, location="US").state
    adopted = second.wait(second.submit(job))

    assert running in {"PENDING", "RUNNING"}
    assert adopted == first.wait(handle)


def test_a_job_that_failed_fails_whoever_adopts_it(client: bigquery.Client, tenant: str) -> None:
    job = query(tenant, "SELECT CAST(CONCAT('not', ' yours') AS INT64) AS found")
    failures = []

    for warehouse in (BigQueryJobs(client), BigQueryJobs(client)):
        with pytest.raises(StepError) as failure:
            warehouse.wait(warehouse.submit(job))
        failures.append(str(failure.value))

    assert failures[0] == failures[1]
    assert "not yours" not in failures[0]


def test_the_first_statement_with_an_id_is_the_one_that_counts(client: bigquery.Client, tenant: str) -> None:
    job = query(tenant, "SELECT 1 AS found")
    first, second = BigQueryJobs(client), BigQueryJobs(client)

    first.wait(first.submit(job))
    adopted = second.wait(second.submit(job.model_copy(update={"sql": "SELECT 2 AS found"})))

    assert adopted.rows == ({"found": 1},)


def test_a_job_that_runs_on_past_the_budget_is_left_for_later(client: bigquery.Client, tenant: str) -> None:
    hasty = BigQueryJobs(client, wait_seconds=0.2)
    job = query(tenant, SLOW)

    handle = hasty.submit(job)
    with pytest.raises(TransientError, match="still runs"):
        hasty.wait(handle)

    patient = BigQueryJobs(client)
    assert patient.wait(patient.submit(job)).rows[0]["found"] is not None


def test_what_a_job_may_cost_and_whose_it_is_arrives(
    client: bigquery.Client, warehouse: BigQueryJobs, tenant: str
) -> None:
    job = query(tenant, "SELECT 1 AS found")

    warehouse.wait(warehouse.submit(job))

    kept = client.get_job(job.job_id, location="US")
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
    ("status", "reason"), [(403, "accessDenied"), (403, "billingNotEnabled"), (401, "authError")]
)
def test_what_google_refuses_is_forbidden(
    refusing: Callable[[int, str], BigQueryJobs], status: int, reason: str
) -> None:
    jobs = refusing(status, reason)

    with pytest.raises(ForbiddenError, match="submit job cdp_"):
        jobs.submit(query("acme", "SELECT 1"))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (403, "rateLimitExceeded"),
        (403, "quotaExceeded"),
        (429, "rateLimitExceeded"),
        (500, "internalError"),
        (502, "badGateway"),
        (503, "backendError"),
    ],
)
def test_what_time_mends_is_left_for_later(
    refusing: Callable[[int, str], BigQueryJobs], status: int, reason: str
) -> None:
    jobs = refusing(status, reason)

    with pytest.raises(TransientError, match="Could not list datasets"):
        jobs.ping()


def test_a_bigquery_that_is_not_there_is_left_for_later() -> None:
    jobs = BigQueryJobs(client_of("http://127.0.0.1:9"))

    with pytest.raises(TransientError, match="Could not list datasets"):
        jobs.ping()
