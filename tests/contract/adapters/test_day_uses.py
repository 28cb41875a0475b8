"""What a tenant used in a day, counted in memory and in BigQuery."""

from datetime import timedelta

from google.cloud import bigquery

from shared.adapters.bigquery_log import BigQueryLog
from shared.adapters.bigquery_tables import BigQueryTables
from shared.config.standard_tables import standard_table
from shared.domain.day_use import DayUse, day_begin
from tests.fakes.clock import NOON
from tests.fakes.world import memory_world
from tests.unit.usecases.test_require_limits import billed, started

TODAY = day_begin(NOON)


def test_a_day_is_counted_in_bigquery_as_in_memory(
    client: bigquery.Client, tables: BigQueryTables, tenant: str
) -> None:
    tables.create_table(tenant, standard_table("run_events"))
    log = BigQueryLog(client, dataset=tenant)
    world = memory_world()
    first, second = started(world), started(world)
    world.clock.advance(-timedelta(days=1))
    yesterdays = started(world)
    world.clock.advance(-timedelta(days=1))
    older = started(world)
    world.clock.advance(timedelta(days=2))
    world.log.append([billed(first, 5), billed(first, 5), billed(first, 7, attempt=2)])
    world.log.append([billed(yesterdays, 11), billed(older, 1_000)])
    log.append(world.log.events)

    for besides, runs in (([], 2), ([second.run_id], 1)):
        expected = DayUse(runs=runs, bytes_billed=23)
        assert world.log.read_day_use("acme", since=TODAY, besides=besides) == expected
        assert log.read_day_use("acme", since=TODAY, besides=besides) == expected
    assert log.read_day_use("umbrella", since=TODAY, besides=[]) == DayUse(runs=0, bytes_billed=0)
