"""Tables that a step needs: made and mended as the tenant, looked at once an instance."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.config.standard_tables import TENANT_TABLES, standard_table
from shared.domain.errors import StepError, TransientError
from shared.domain.ids import TenantId
from shared.domain.table import Column, Partitioning, Purpose, Table
from tests.contract.adapters.stand_in import client_of, jobs_of
from tests.contract.sources.api import Answer, Api

RAW = standard_table("raw_data")
BY_HAND = "tenant_id STRING, pipeline_id STRING, data JSON, ingestion_date DATE, created_at TIMESTAMP"
COSTS = Table(
    name="costs",
    columns=(
        Column(name="run_id", type="STRING", mode="REQUIRED"),
        Column(name="day", type="DATE", mode="REQUIRED"),
        Column(name="cost", type="NUMERIC"),
    ),
    partitioning=Partitioning(field="day"),
)
FITTING = {
    "columns in another order and case": "cost NUMERIC, Day DATE, RUN_ID STRING",
    "another partitioning": "run_id STRING, day DATE, cost NUMERIC) PARTITION BY day CLUSTER BY (run_id",
    "more columns": "run_id STRING NOT NULL, day DATE NOT NULL, cost NUMERIC, note STRING",
}
WRONG = {
    "run_id STRING, day DATE, cost FLOAT64": "column cost is FLOAT, must be NUMERIC",
    "run_id STRING, day DATE, cost NUMERIC(10, 2)": r"column cost is NUMERIC\(10, 2\), must be NUMERIC",
    "run_id STRING, day DATE, cost ARRAY<NUMERIC>": "column cost is REPEATED NUMERIC, must be NUMERIC",
    "run_id STRING, day DATE, cost NUMERIC NOT NULL": "column cost is REQUIRED, must be NULLABLE",
    "run_id STRING, cost NUMERIC": "column day is missing and REQUIRED",
    "run_id STRING, day DATE, cost NUMERIC, who STRING NOT NULL": "column who is REQUIRED and not declared",
}


def required(
    jobs: BigQueryJobs, tenant: str, table: Table = COSTS, *, purpose: Purpose = "written", anew: bool = False
) -> bool:
    return jobs.require_table(TenantId(tenant), table, purpose=purpose, anew=anew)


def create(client: bigquery.Client, tenant: str, name: str, columns: str) -> None:
    client.query_and_wait(f"CREATE TABLE `{tenant}.{name}` ({columns})")


def columns_of(client: bigquery.Client, tenant: str, name: str) -> list[tuple[str, str, str]]:
    return [(f.name, f.field_type, f.mode) for f in client.get_table(f"{tenant}.{name}").schema]


@pytest.mark.parametrize("name", TENANT_TABLES)
def test_a_missing_table_is_made_as_it_is_declared(
    client: bigquery.Client, warehouse: BigQueryJobs, tenant: str, name: str
) -> None:
    wanted = standard_table(name)

    assert required(warehouse, tenant, wanted)

    made = client.get_table(f"{tenant}.{name}")
    assert columns_of(client, tenant, name) == [(c.name, c.type, c.mode) for c in wanted.columns]
    assert made.time_partitioning.field == (wanted.partitioning and wanted.partitioning.field)
    assert tuple(made.clustering_fields) == wanted.clustering
    assert made.description == wanted.description


def test_a_raw_data_made_by_hand_gets_the_run_that_wrote_a_row_and_its_file(
    client: bigquery.Client, warehouse: BigQueryJobs, tenant: str
) -> None:
    create(client, tenant, "raw_data", BY_HAND)

    assert required(warehouse, tenant, RAW)

    assert columns_of(client, tenant, "raw_data")[-2:] == [
        ("run_id", "STRING", "NULLABLE"),
        ("source_file", "STRING", "NULLABLE"),
    ]
    assert not required(jobs_of(client), tenant, RAW)


@pytest.mark.parametrize("columns", FITTING.values(), ids=FITTING)
def test_a_table_that_takes_the_rows_is_left_as_it_is(
    client: bigquery.Client, warehouse: BigQueryJobs, tenant: str, columns: str
) -> None:
    create(client, tenant, "costs", columns)
    before = columns_of(client, tenant, "costs")

    assert not required(warehouse, tenant)

    assert columns_of(client, tenant, "costs") == before


@pytest.mark.parametrize(("columns", "message"), WRONG.items())
def test_what_only_a_person_can_mend_is_told(
    client: bigquery.Client, warehouse: BigQueryJobs, tenant: str, columns: str, message: str
) -> None:
    create(client, tenant, "costs", columns)

    with pytest.raises(StepError, match=rf"^{tenant}\.costs differs .*: {message}.* RENAME TO costs_before"):
        required(warehouse, tenant)

    assert not required(warehouse, tenant, purpose="read")


def test_a_view_takes_no_rows_and_may_be_read(
    client: bigquery.Client, warehouse: BigQueryJobs, tenant: str
) -> None:
    client.query_and_wait(f"CREATE VIEW `{tenant}.costs` AS SELECT 'r' AS run_id")

    assert not required(warehouse, tenant, purpose="read")
    with pytest.raises(StepError, match=r"costs differs .*: it is a view, must be a table"):
        required(warehouse, tenant)


def test_a_dataset_that_is_gone_is_named(warehouse: BigQueryJobs) -> None:
    with pytest.raises(StepError, match=r"^There is no dataset t_gone"):
        required(warehouse, "t_gone")


def test_several_that_need_one_table_at_once_make_it_once(client: bigquery.Client, tenant: str) -> None:
    create(client, tenant, "raw_data", BY_HAND)
    instances = [jobs_of(client) for _ in range(4)]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda jobs: required(jobs, tenant), instances))
        mended = list(pool.map(lambda jobs: required(jobs, tenant, RAW), instances))

    assert (made.count(True), mended.count(True)) == (1, 1)
    assert len(columns_of(client, tenant, "raw_data")) == len(RAW.columns)


def test_a_table_is_looked_at_once_an_instance_and_again_if_it_is_declared_anew() -> None:
    with closing(Api(lambda _: shown(COSTS))) as api:
        jobs = jobs_of(client_of(api.url))
        wider = COSTS.model_copy(update={"description": "since today"})

        for table in (COSTS, COSTS, wider, wider):
            required(jobs, "acme", table)

        assert len(api.requests) == 2


def test_a_table_that_was_removed_is_made_when_it_is_asked_for_anew(
    client: bigquery.Client, warehouse: BigQueryJobs, tenant: str
) -> None:
    required(warehouse, tenant)
    client.delete_table(f"{tenant}.costs")

    assert not required(warehouse, tenant)
    assert required(warehouse, tenant, anew=True)
    assert client.get_table(f"{tenant}.costs").num_rows == 0


def test_a_change_that_others_made_meanwhile_is_looked_at_again() -> None:
    lacking = COSTS.model_copy(update={"columns": COSTS.columns[:2]})
    answers = iter([shown(lacking), failed(412, "conditionNotMet"), shown(COSTS)])
    with closing(Api(lambda _: next(answers))) as api:
        assert not required(jobs_of(client_of(api.url)), "acme")


def test_an_account_that_may_only_use_a_table_is_not_held_up() -> None:
    with closing(Api(lambda _: failed(403, "accessDenied"))) as api:
        assert not required(jobs_of(client_of(api.url)), "acme")


def test_a_quota_that_is_used_up_is_left_for_later() -> None:
    answers = iter([failed(404, "notFound"), failed(403, "quotaExceeded")])
    with closing(Api(lambda _: next(answers))) as api:
        jobs = jobs_of(client_of(api.url))

        with pytest.raises(TransientError, match=r"^Could not create or extend table acme\.costs"):
            required(jobs, "acme")


def shown(table: Table) -> Answer:
    """The table as BigQuery shows it."""
    return Answer(
        {
            "tableReference": {"projectId": "p", "datasetId": "acme", "tableId": table.name},
            "type": "TABLE",
            "etag": "1",
            "schema": {"fields": [{"name": c.name, "type": c.type, "mode": c.mode} for c in table.columns]},
        }
    )


def failed(status: int, reason: str) -> Answer:
    error = {"code": status, "message": reason, "errors": [{"reason": reason, "message": reason}]}
    return Answer({"error": error}, status=status)
