"""What the platform's own calls read of the log, as BigQuery would bill it: nothing of what lies further back."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from google.cloud import bigquery

from shared.adapters.bigquery_log import BigQueryLog
from shared.adapters.bigquery_tables import BigQueryTables
from shared.domain.run_list import RunQuery, since_when
from shared.usecases.create_metadata import create_metadata
from shared.usecases.read_runs import read_run
from tests.contract.adapters.test_log import history
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.clock import SetClock
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import execute, start
from tests.fakes.log import MemoryLog
from tests.fakes.world import memory_world

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "CUSTOMER_ONBOARDING.md"
DATASET = "metadata_of_years"
RUNS_OF_LATE = 100
"""In the month that a list shows, and as many today, beside which the calls' own run is nothing."""
OLDER_RUNS = (100, 20_000)
LIMITS = "display_name: Acme\nlimits: {concurrent_runs: 5, runs_per_day: 1000}\n"
# Runs of everybody in the years before, as many a day: copies of one that there is.
OLDER = """
INSERT INTO run_events
SELECT copied.* REPLACE (
  CONCAT(event_id, '-', CAST(number AS STRING)) AS event_id,
  CONCAT(run_id, '-', CAST(number AS STRING)) AS run_id,
  IF(MOD(number, 2) = 0, tenant_id, 'umbrella') AS tenant_id,
  DATE_SUB(run_date, INTERVAL 40 + MOD(number, 1000) DAY) AS run_date,
  TIMESTAMP_SUB(occurred_at, INTERVAL 40 + MOD(number, 1000) DAY) AS occurred_at
)
FROM (SELECT * FROM run_events WHERE run_id = @run_id) AS copied, UNNEST(GENERATE_ARRAY(@first, @last)) AS number
"""


@dataclass
class Metered:
    """A client that adds up what its short queries process."""

    client: bigquery.Client
    processed: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def query_and_wait(self, *values: Any, **named: Any) -> Any:
        rows = self.client.query_and_wait(*values, **named)
        self.processed += rows.total_bytes_processed or 0
        return rows

    def since(self, before: int) -> int:
        return self.processed - before


@pytest.fixture
def metered(client: bigquery.Client, tables: BigQueryTables) -> Metered:
    list(create_metadata(dataset=DATASET, project=client.project, location="US", tables=tables))
    return Metered(client)


def log_of(metered: Metered) -> BigQueryLog:
    return BigQueryLog(cast(bigquery.Client, metered), dataset=DATASET)


def bytes_by_call(metered: Metered, *, now: datetime) -> dict[str, int]:
    """What each call reads: a run is asked for, carried out, looked at and listed."""
    log, found = log_of(metered), dict[str, int]()
    world = replace(
        memory_world(clock=SetClock(now), configs=MemoryConfigs({**FILES, "acme/tenant.yml": LIMITS})),
        log=cast(MemoryLog, log),
    )

    def note(call: str, before: int) -> None:
        found[call] = metered.since(before)

    before = metered.processed
    run = start(world, CHAIN, key=f"at {now}")
    note("trigger", before)
    before = metered.processed
    while world.publisher.commands:
        execute(world, world.publisher.take())
    note("step", before)
    before = metered.processed
    assert read_run(run.run_id, tenant_id="acme", log=log).status == "SUCCESS"
    note("get", before)
    before = metered.processed
    page = log.list_runs(RunQuery(tenant_id="acme", since=since_when(None, now=now)))
    assert page.total > 2 * RUNS_OF_LATE
    note("list", before)
    before = metered.processed
    log.list_runs(RunQuery(tenant_id="acme", since=since_when(None, now=now), status="SUCCESS"))
    note("list by status", before)
    return found


def test_a_history_of_years_makes_no_call_read_more(metered: Metered) -> None:
    noon = datetime.now(tz=UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    log = log_of(metered)
    ages = [timedelta(hours=7 * n) for n in range(RUNS_OF_LATE)]
    ages += [timedelta(minutes=n) for n in range(RUNS_OF_LATE)]
    runs = [history("acme", "SUCCESS", created_at=noon - age) for age in ages]
    log.append([event for events in runs for event in events])

    found: list[dict[str, int]] = []
    there = 0
    for step, count in enumerate(OLDER_RUNS):
        add_older(metered.client, like=runs[0][0].run_id, first=there, last=count - 1)
        there = count
        found.append(bytes_by_call(metered, now=noon + timedelta(seconds=step)))

    for call, least in found[0].items():
        assert least > 0
        assert max(each[call] for each in found) <= 1.1 * least, call
    whole = metered.client.query_and_wait(f"SELECT * FROM {DATASET}.run_events").total_bytes_processed
    assert whole is not None
    assert whole > 20 * max(found[-1].values())


def test_the_guide_s_own_query_of_a_tenant_s_newest_run_is_answered(metered: Metered) -> None:
    found = re.search(
        r'"(SELECT status, rows_ingested.*?LIMIT 1)"', GUIDE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert found is not None
    log_of(metered).append(history("northwind_001", "SUCCESS", created_at=datetime.now(tz=UTC)))
    config = bigquery.QueryJobConfig(default_dataset=f"{metered.client.project}.{DATASET}")

    rows = metered.client.query_and_wait(found[1].replace("metadata.", f"{DATASET}."), job_config=config)

    assert [tuple(row) for row in rows] == [("SUCCESS", None, 5, None)]


def add_older(client: bigquery.Client, *, like: str, first: int, last: int) -> None:
    config = bigquery.QueryJobConfig(
        default_dataset=f"{client.project}.{DATASET}",
        query_parameters=[
            bigquery.ScalarQueryParameter("run_id", "STRING", like),
            bigquery.ScalarQueryParameter("first", "INT64", first),
            bigquery.ScalarQueryParameter("last", "INT64", last),
        ],
    )
    client.query_and_wait(OLDER, job_config=config)
