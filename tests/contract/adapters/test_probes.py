"""Rows that prove the log: kept like events, and nothing to anybody who reads events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_log import BigQueryLog
from shared.adapters.bigquery_probes import PROBE_TENANT_ID, BigQueryProbes, probe_row
from shared.adapters.bigquery_tables import BigQueryTables
from shared.config.standard_tables import METADATA_VIEWS, standard_table
from shared.domain.errors import TransientError
from shared.domain.ids import RunId, is_tenant_id, run_id_at
from shared.domain.table import Table
from shared.usecases.create_metadata import create_metadata
from shared.usecases.prove_log import Probes
from tests.contract.adapters.test_log import STATUSES, events_of
from tests.fakes.clock import SetClock
from tests.fakes.probes import MemoryProbes

NOW = datetime.now(tz=UTC)


@pytest.fixture
def log(client: bigquery.Client, tables: BigQueryTables, tenant: str) -> BigQueryLog:
    """The log of an installation of the test's own, in a dataset that is named like a tenant's."""
    list(create_metadata(dataset=tenant, project=client.project, location="US", tables=tables))
    return BigQueryLog(client, dataset=tenant)


@pytest.fixture(params=["memory", "bigquery"])
def probes(
    request: pytest.FixtureRequest, client: bigquery.Client, tables: BigQueryTables, tenant: str
) -> Probes:
    """Both implementations, on a table that was just made."""
    if request.param == "memory":
        return MemoryProbes(SetClock(NOW), created_at=datetime.now(tz=UTC))
    tables.create_table(tenant, standard_table("run_events"))
    return BigQueryProbes(client, dataset=tenant)


def test_a_probe_can_be_read_once_it_was_sent(probes: Probes) -> None:
    before, sent, never_sent = (run_id_at(NOW + timedelta(days=days)) for days in (-1, 0, 1))
    for probe_id in (before, sent):
        probes.send(probe_id, at=NOW)

    assert probes.find([sent, never_sent]) == {sent}
    assert probes.find([before, sent]) == {before, sent}


def test_a_table_says_when_it_was_made(probes: Probes) -> None:
    # BigQuery tells the millisecond.
    assert NOW - timedelta(milliseconds=1) <= probes.created_at() <= datetime.now(tz=UTC)


def test_a_probe_fills_every_column_and_names_no_tenant() -> None:
    row = probe_row(run_id_at(NOW), at=NOW)

    assert sorted(row) == sorted(column.name for column in standard_table("run_events").columns)
    assert all(value is not None for value in row.values())
    assert not is_tenant_id(PROBE_TENANT_ID)


def test_a_table_that_lacks_a_column_refuses_a_probe(
    client: bigquery.Client, tables: BigQueryTables, tenant: str
) -> None:
    columns = standard_table("run_events").columns[:-1]
    tables.create_table(tenant, Table(name="run_events", columns=columns))

    with pytest.raises(TransientError, match=r"^run_events refused"):
        BigQueryProbes(client, dataset=tenant).send(run_id_at(NOW), at=NOW)


def test_a_table_that_is_not_there_yet_refuses_a_probe(client: bigquery.Client, tenant: str) -> None:
    probes = BigQueryProbes(client, dataset=tenant)

    for call in (lambda: probes.send(run_id_at(NOW), at=NOW), lambda: probes.find([run_id_at(NOW)])):
        with pytest.raises(TransientError, match=r"^Could not (append to|read) run_events"):
            call()


def test_no_reader_of_the_log_sees_a_probe(client: bigquery.Client, log: BigQueryLog, tenant: str) -> None:
    events = [event for status in STATUSES for event in events_of(status, created_at=NOW)]
    run_ids = sorted({event.run_id for event in events})
    log.append(events)
    before = all_that_is_read(client, log, tenant, run_ids)

    # Even one that has a run's own id.
    for probe_id in (run_id_at(NOW), run_ids[0]):
        BigQueryProbes(client, dataset=tenant).send(probe_id, at=NOW)

    assert all_that_is_read(client, log, tenant, run_ids) == before
    assert [len(before[name]) for name in ("pipeline_runs", "events")] == [len(STATUSES), len(events)]


def all_that_is_read(
    client: bigquery.Client, log: BigQueryLog, dataset: str, run_ids: list[RunId]
) -> dict[str, list[Any]]:
    """All that reads the table itself: every view, and the look at runs."""
    views = {
        name: sorted(str(dict(row)) for row in client.query_and_wait(f"SELECT * FROM `{dataset}.{name}`"))
        for name in METADATA_VIEWS
    }
    return views | {"events": sorted(map(str, log.read("acme", run_ids)))}
