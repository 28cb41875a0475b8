"""Jobs: a job id is used once; what a job did and what its record says are one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from google.api_core.exceptions import Conflict, NotFound
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT, Server
from tests.patience import PATIENCE_SECONDS


def _submit(client: bigquery.Client, sql: str, job_id: str) -> bigquery.QueryJob:
    return client.query(sql, job_id=job_id, job_retry=None, retry=None, timeout=PATIENCE_SECONDS)


def _count(client: bigquery.Client, table: str) -> int:
    return next(iter(client.query_and_wait(f"SELECT COUNT(*) FROM {table}", retry=None)))[0]


@pytest.fixture
def table(bigquery_client: bigquery.Client, dataset: str) -> str:
    bigquery_client.create_table(
        bigquery.Table(f"{PROJECT}.{dataset}.t", [bigquery.SchemaField("a", "INT64")])
    )
    return f"{dataset}.t"


def test_a_job_id_is_refused_the_second_time(bigquery_client: bigquery.Client, table: str) -> None:
    job_id = f"job-{uuid4()}"
    _submit(bigquery_client, f"INSERT INTO {table} (a) VALUES (1)", job_id).result(retry=None)

    with pytest.raises(Conflict) as refused:
        _submit(bigquery_client, f"INSERT INTO {table} (a) VALUES (1)", job_id)

    assert f"Already Exists: Job {PROJECT}:US.{job_id}" in str(refused.value)
    assert refused.value.errors[0]["reason"] == "duplicate"
    assert _count(bigquery_client, table) == 1


def test_a_failed_job_keeps_its_id(bigquery_client: bigquery.Client, table: str) -> None:
    job_id = f"job-{uuid4()}"
    failed = _submit(bigquery_client, "SELECT nothing_like_it", job_id)

    with pytest.raises(Conflict):
        _submit(bigquery_client, f"INSERT INTO {table} (a) VALUES (1)", job_id)

    assert failed.error_result is not None
    assert _count(bigquery_client, table) == 0


def test_a_job_keeps_its_labels_however_it_ends(bigquery_client: bigquery.Client) -> None:
    labels = {"tenant_id": "acme", "step": "write"}
    config = bigquery.QueryJobConfig(labels=labels)

    jobs = [
        bigquery_client.query(sql, job_config=config, job_id=f"job-{uuid4()}", job_retry=None)
        for sql in ("SELECT 1", "SELECT ERROR('no')")
    ]

    kept = [bigquery_client.get_job(job.job_id, location="US") for job in jobs]
    assert [job.labels for job in kept] == [labels, labels]
    assert [job.error_result is None for job in kept] == [True, False]


def test_of_many_jobs_with_one_id_at_one_moment_exactly_one_is_carried_out(
    bigquery_client: bigquery.Client, table: str
) -> None:
    job_id = f"job-{uuid4()}"

    def submit(_number: int) -> str:
        try:
            _submit(bigquery_client, f"INSERT INTO {table} (a) VALUES (1)", job_id)
        except Conflict:
            return "refused"
        return "accepted"

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(submit, range(8)))

    assert answers == ["accepted"] + ["refused"] * 7
    assert _count(bigquery_client, table) == 1


def test_an_unknown_job_is_not_found(bigquery_client: bigquery.Client) -> None:
    with pytest.raises(NotFound, match="Not found: Job"):
        bigquery_client.get_job("never-submitted", retry=None)


def test_a_job_is_not_found_in_another_location(bigquery_client: bigquery.Client) -> None:
    job = _submit(bigquery_client, "SELECT 1", f"job-{uuid4()}")

    with pytest.raises(NotFound):
        bigquery_client.get_job(job.job_id, location="EU", retry=None)


def test_a_failing_job_is_accepted_and_ends_with_an_error(
    bigquery_client: bigquery.Client, dataset: str
) -> None:
    job = _submit(bigquery_client, f"SELECT * FROM {dataset}.missing", f"job-{uuid4()}")

    assert job.state == "DONE"
    assert job.error_result["reason"] == "notFound"
    assert f"{PROJECT}:{dataset}.missing" in job.error_result["message"]
    with pytest.raises(NotFound):
        job.result(retry=None)


def test_a_failing_synchronous_query_is_an_http_error(bigquery_server: Server, dataset: str) -> None:
    wrong = {"query": "SELECT missing_column FROM UNNEST([1]) AS a", "useLegacySql": False}
    absent = {"query": f"SELECT * FROM {dataset}.missing", "useLegacySql": False}
    nowhere = {"query": "SELECT * FROM no_such_dataset.t", "useLegacySql": False}

    with bigquery_server.http() as http:
        answers = [http.post("/queries", json=body) for body in (wrong, absent, nowhere)]

    errors = [answer.json()["error"] for answer in answers]
    assert [answer.status_code for answer in answers] == [400, 404, 404]
    assert [error["errors"][0]["reason"] for error in errors] == ["invalidQuery", "notFound", "notFound"]


def test_the_same_synchronous_request_is_carried_out_once(
    bigquery_server: Server, bigquery_client: bigquery.Client, table: str
) -> None:
    body = {"query": f"INSERT INTO {table} (a) VALUES (1)", "useLegacySql": False, "requestId": str(uuid4())}

    with bigquery_server.http() as http:
        answers = [http.post("/queries", json=body).json() for _ in range(2)]

    assert [answer["numDmlAffectedRows"] for answer in answers] == ["1", "1"]
    assert _count(bigquery_client, table) == 1


def test_a_failed_statement_leaves_nothing_behind(bigquery_client: bigquery.Client, table: str) -> None:
    sql = f"INSERT INTO {table} (a) SELECT IF(x < 3, x, ERROR('stop')) FROM UNNEST([1, 2, 3]) AS x"

    job = _submit(bigquery_client, sql, f"job-{uuid4()}")

    assert job.error_result is not None
    assert _count(bigquery_client, table) == 0


def test_a_script_that_fails_keeps_what_its_statements_did(
    bigquery_client: bigquery.Client, table: str
) -> None:
    script = f"INSERT INTO {table} (a) VALUES (1); SELECT ERROR('stop');"

    job = _submit(bigquery_client, script, f"job-{uuid4()}")

    assert job.error_result is not None
    assert _count(bigquery_client, table) == 1
    shown = bigquery_client.get_job(job.job_id)
    assert (shown.state, shown.error_result) == ("DONE", job.error_result)


def test_the_statements_of_a_script_are_its_children(bigquery_client: bigquery.Client, table: str) -> None:
    script = (
        f"INSERT INTO {table} (a) VALUES (1), (2); BEGIN TRANSACTION; UPDATE {table} SET a = 0 WHERE TRUE; "
        f"MERGE {table} USING (SELECT 1) ON FALSE WHEN NOT MATCHED THEN INSERT (a) VALUES (3); COMMIT TRANSACTION"
    )
    job = _submit(bigquery_client, script, f"job-{uuid4()}")
    job.result(retry=None)

    children = list(bigquery_client.list_jobs(parent_job=job))

    assert (job.statement_type, job.num_child_jobs, job.num_dml_affected_rows) == ("SCRIPT", 3, None)
    assert [(child.statement_type, child.num_dml_affected_rows) for child in children] == [
        ("MERGE", 1),
        ("UPDATE", 2),
        ("INSERT", 2),
    ]
    assert {(child.destination.table_id, child.state) for child in children} == {("t", "DONE")}
    listed = {each.job_id for each in bigquery_client.list_jobs()}
    assert job.job_id in listed
    assert not listed & {child.job_id for child in children}


def test_jobs_are_listed_newest_first(bigquery_client: bigquery.Client) -> None:
    older = _submit(bigquery_client, "SELECT 1", f"job-{uuid4()}")
    newer = _submit(bigquery_client, "SELECT 2", f"job-{uuid4()}")

    listed = [job.job_id for job in bigquery_client.list_jobs(max_results=50)]

    assert listed.index(newer.job_id) < listed.index(older.job_id)
