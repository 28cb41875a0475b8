"""What a query would read, and how tables are, asked without changing anything."""

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_jobs import BigQueryJobs
from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.errors import StatementError, StepError
from shared.domain.estimate import Estimate
from shared.domain.job import QueryJob
from shared.domain.table import Column, FoundTable, Table
from shared.steps.foreseen_query import foreseen_query, refusal_message
from shared.steps.spending_guard import BEYOND
from shared.steps.transform import transform_job
from tests.contract.adapters.charges import CHARGES, charges_in
from tests.contract.adapters.steps import attempt_at, soon, transform_into
from tests.contract.adapters.test_warehouse import TEN_ROWS

MORE = CHARGES.model_copy(update={"columns": (*CHARGES.columns, Column(name="note", type="STRING"))})
OTHER = CHARGES.model_copy(update={"columns": (Column(name="cost", type="STRING"),)})


def query(sql: str, tenant: str) -> QueryJob:
    return attempt_at(transform_into(CHARGES, sql), tenant=tenant).query(sql)


def test_what_a_query_would_read_is_told_and_no_job_is_there_afterwards(
    client: bigquery.Client, tables: BigQueryTables, warehouse: BigQueryJobs, tenant: str
) -> None:
    tables.create_table(tenant, CHARGES)
    step = transform_into(CHARGES, TEN_ROWS)
    filling = transform_job(step, attempt_at(step, tenant=tenant))
    warehouse.wait(warehouse.submit(filling), until=soon())
    job = query(f"SELECT cost FROM {CHARGES.name} WHERE usage_date >= @date_range_start", tenant)
    writing = query(f"INSERT INTO {CHARGES.name} (cost) SELECT cost FROM {CHARGES.name}", tenant)

    found = warehouse.estimate(job), warehouse.estimate(writing)

    told = client.query(
        job.sql.replace("@date_range_start", "DATE '2025-11-01'"),
        bigquery.QueryJobConfig(default_dataset=f"{client.project}.{tenant}", dry_run=True),
    )
    assert found[0] == Estimate(bytes_processed=told.total_bytes_processed, table_count=1)
    assert (found[0].bytes_processed or 0) > 0
    assert found[1].bytes_billed == 10_485_760
    listed = {each.job_id for each in client.list_jobs(max_results=50)}
    assert not {job.job_id, writing.job_id} & listed
    assert len(charges_in(client, tenant)) == 10


def test_what_would_be_refused_is_told_and_several_statements_are_not_guessed_at(
    tables: BigQueryTables, warehouse: BigQueryJobs, tenant: str
) -> None:
    tables.create_table(tenant, CHARGES)

    with pytest.raises(StatementError, match="csot"):
        warehouse.estimate(query(f"SELECT csot FROM {CHARGES.name}", tenant))
    with pytest.raises(StepError, match="nowhere"):
        warehouse.estimate(query("SELECT 1 AS a FROM nowhere", tenant))
    several = f"BEGIN TRANSACTION; DELETE FROM {CHARGES.name} WHERE cost = 1; COMMIT TRANSACTION"
    assert warehouse.estimate(query(several, tenant)).bytes_processed is None


def test_a_job_that_would_bill_more_than_it_may_is_refused_at_no_cost(
    tables: BigQueryTables, warehouse: BigQueryJobs, tenant: str
) -> None:
    tables.create_table(tenant, CHARGES)
    tables.create_table(tenant, MORE.model_copy(update={"name": "more"}))
    job = query(f"SELECT a.cost FROM more AS a, {CHARGES.name}", tenant)
    held = job.model_copy(update={"max_bytes_billed": 10_485_760})

    assert warehouse.estimate(held).bytes_billed == 20_971_520
    with pytest.raises(StepError, match=f"{BEYOND}: 10485760. 20971520 or higher required"):
        warehouse.wait(warehouse.submit(held), until=soon())


def test_of_what_takes_turns_the_statement_about_rows_is_told_and_its_mistakes_at_their_place(
    tables: BigQueryTables, warehouse: BigQueryJobs, tenant: str
) -> None:
    tables.create_table(tenant, CHARGES)
    right, wrong = (
        attempt_at(transform_into(CHARGES, sql, mode="replace"), tenant=tenant)
        for sql in (TEN_ROWS, TEN_ROWS.replace("usage_date", "usage_dat"))
    )
    query, mistaken = foreseen_query(right), foreseen_query(wrong)
    assert query
    assert mistaken

    found = warehouse.estimate(query.job)
    with pytest.raises(StatementError) as refused:
        warehouse.estimate(mistaken.job)

    assert "COMMIT TRANSACTION" in query.job.sql
    # The table itself, and twice the one by which turns are taken.
    assert (found.bytes_processed, found.table_count) == (0, 3)
    told = refusal_message(refused.value, wrong, mistaken.job)
    assert told.startswith("transforms/rows.sql")


def test_a_table_is_held_against_its_declaration_and_left_as_it_is(
    client: bigquery.Client, tables: BigQueryTables, tenant: str
) -> None:
    def found(table: Table) -> FoundTable | None:
        return tables.find_table(tenant, table, purpose="written")

    assert found(CHARGES) is None
    tables.create_table(tenant, CHARGES)

    assert found(CHARGES) == FoundTable(row_count=0, byte_count=0)
    lacking = found(MORE)
    assert lacking
    assert lacking.lacking == ("note",)
    other = found(OTHER)
    assert other
    assert "column cost is NUMERIC, must be STRING" in (other.problem or "")
    assert "note" not in [field.name for field in client.get_table(f"{tenant}.{CHARGES.name}").schema]
