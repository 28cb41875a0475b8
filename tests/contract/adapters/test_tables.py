"""Datasets, tables and views: made once, verified ever after, never destroyed."""

from contextlib import closing

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_tables import BigQueryTables
from shared.config.standard_tables import METADATA_TABLES, TENANT_TABLES, standard_table
from shared.domain.errors import ConflictError, ForbiddenError, TransientError
from shared.domain.table import Column, Partitioning, Table
from shared.ports import Tables
from tests.contract.adapters.charges import CHARGES, charges_in
from tests.contract.adapters.stand_in import client_of
from tests.contract.sources.api import Answer, Api
from tests.fakes.tables import MemoryTables

SMALL = Table(
    name="small", columns=(Column(name="a", type="STRING", mode="REQUIRED"), Column(name="b", type="INTEGER"))
)
WIDER = SMALL.model_copy(
    update={"columns": (*SMALL.columns, Column(name="c", type="NUMERIC", description="new"))}
)
DIFFERENT = {
    "another type": (Column(name="a", type="STRING", mode="REQUIRED"), Column(name="b", type="STRING")),
    "a new column that is required": (*SMALL.columns, Column(name="c", type="STRING", mode="REQUIRED")),
}


@pytest.fixture(params=["memory", "bigquery"])
def port(request: pytest.FixtureRequest, tables: BigQueryTables, tenant: str) -> Tables:
    """Both implementations, each with the tenant's dataset."""
    return tables if request.param == "bigquery" else MemoryTables(tenant)


def test_a_dataset_is_there_once_it_was_created(port: Tables, tenant: str) -> None:
    name = f"{tenant}_other"
    before = port.dataset_location(name)

    for _ in range(2):
        port.create_dataset(name, location="EU", description="another")

    assert (before, port.dataset_location(name)) == (None, "EU")


def test_a_dataset_somewhere_else_is_refused(port: Tables, tenant: str) -> None:
    name = f"{tenant}_elsewhere"
    port.create_dataset(name, location="EU", description="there")

    with pytest.raises(ConflictError, match=f"dataset {name} is in EU, must be in US"):
        port.create_dataset(name, location="US", description="here")


def test_a_table_may_be_created_again_and_grow(port: Tables, tenant: str) -> None:
    for table in (SMALL, SMALL, WIDER, WIDER, SMALL):
        port.create_table(tenant, table)


@pytest.mark.parametrize("difference", DIFFERENT)
def test_a_difference_that_columns_cannot_mend_is_refused(port: Tables, tenant: str, difference: str) -> None:
    port.create_table(tenant, SMALL)

    with pytest.raises(ConflictError, match=r"small differs"):
        port.create_table(tenant, SMALL.model_copy(update={"columns": DIFFERENT[difference]}))


@pytest.mark.parametrize("name", [*METADATA_TABLES, *TENANT_TABLES])
def test_a_standard_table_is_made_as_it_is_declared_and_verified_after(
    client: bigquery.Client, tables: BigQueryTables, tenant: str, name: str
) -> None:
    wanted = standard_table(name)

    for _ in range(2):
        tables.create_table(tenant, wanted)

    made = client.get_table(f"{tenant}.{name}")
    assert [(f.name, f.field_type, f.mode) for f in made.schema] == [
        (column.name, column.type, column.mode) for column in wanted.columns
    ]
    partitioned_by = made.time_partitioning and made.time_partitioning.field
    assert partitioned_by == (wanted.partitioning and wanted.partitioning.field)
    assert tuple(made.clustering_fields or ()) == wanted.clustering


def test_a_new_column_leaves_the_rows_that_are_there(
    client: bigquery.Client, tables: BigQueryTables, tenant: str
) -> None:
    tables.create_table(tenant, CHARGES)
    client.query_and_wait(
        f"INSERT INTO `{tenant}.charges` (tenant_id, pipeline_id, run_id, service) VALUES ('t', 't-a-b-c', 'r', 's')"
    )

    more = (*CHARGES.columns, Column(name="region", type="STRING"))
    tables.create_table(tenant, CHARGES.model_copy(update={"columns": more}))

    assert charges_in(client, tenant) == [("c", None, "s", None)]
    assert [f.name for f in client.get_table(f"{tenant}.charges").schema][-1] == "region"


def test_another_partitioning_is_refused(tables: BigQueryTables, tenant: str) -> None:
    tables.create_table(tenant, CHARGES)

    with pytest.raises(ConflictError, match="partitioned by nothing, must be by usage_date"):
        tables.create_table(
            tenant, CHARGES.model_copy(update={"partitioning": Partitioning(field="usage_date")})
        )


def test_a_view_gets_its_new_query(client: bigquery.Client, tables: BigQueryTables, tenant: str) -> None:
    for number in (1, 1, 2):
        tables.create_view(tenant, "one", sql=f"SELECT {number} AS n", description="a number")

    assert [row["n"] for row in client.query_and_wait(f"SELECT n FROM `{tenant}.one`")] == [2]


def test_a_table_never_becomes_a_view(tables: BigQueryTables, tenant: str) -> None:
    tables.create_table(tenant, SMALL)

    with pytest.raises(ConflictError, match="is a table; a view is needed"):
        tables.create_view(tenant, "small", sql="SELECT 1 AS n", description="a number")


def test_a_bigquery_that_is_there_answers(port: Tables) -> None:
    port.ping()


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
def test_what_time_mends_is_left_for_later(status: int, reason: str) -> None:
    error = {"code": status, "message": "no", "errors": [{"reason": reason, "message": "no"}]}
    with closing(Api(lambda _: Answer({"error": error}, status=status))) as api:
        tables = BigQueryTables(client_of(api.url))

        with pytest.raises(TransientError, match="Could not reach BigQuery"):
            tables.ping()


def test_a_bigquery_that_is_not_there_is_left_for_later() -> None:
    tables = BigQueryTables(client_of("http://127.0.0.1:9"))

    with pytest.raises(TransientError, match="Could not reach BigQuery"):
        tables.ping()


def test_metadata_that_is_not_there_yet_is_an_answer_too() -> None:
    error = {"code": 404, "message": "Not found: Dataset", "errors": [{"reason": "notFound"}]}
    with closing(Api(lambda _: Answer({"error": error}, status=404))) as api:
        BigQueryTables(client_of(api.url)).ping()


def test_a_dataset_that_google_does_not_say_is_there_is_not_there() -> None:
    message = "Access Denied: Dataset p:acme: Permission bigquery.datasets.get denied on dataset p:acme "
    with closing(Api(lambda _: refused(message + "(or it may not exist)."))) as api:
        assert BigQueryTables(client_of(api.url)).dataset_location("acme") is None


def test_a_refusal_for_another_reason_is_a_refusal() -> None:
    with closing(Api(lambda _: refused("Billing has not been enabled"))) as api:
        tables = BigQueryTables(client_of(api.url))

        with pytest.raises(ForbiddenError, match="Google refused to look up dataset acme"):
            tables.dataset_location("acme")


def refused(message: str) -> Answer:
    error = {"code": 403, "message": message, "errors": [{"reason": "accessDenied", "message": message}]}
    return Answer({"error": error}, status=403)
