"""Which pipelines have a schedule."""

import json

import pytest

from shared.config.problem import ConfigError
from shared.config.schedules import INDEX, load_schedules
from shared.domain.schedule import ScheduledPipeline
from tests.fakes.acme import FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.usecases.worlds import PIPELINE

DAILY = ScheduledPipeline(
    job="acme-demo-cost-chain",
    tenant="acme",
    provider="demo",
    domain="cost",
    pipeline="chain",
    cron="0 6 * * *",
    timezone="Europe/Berlin",
)
SCHEDULE = "schedule: {cron: '0 6 * * *', timezone: Europe/Berlin}\n"


def files_with(schedule: str) -> dict[str, str]:
    return {**FILES, PIPELINE: schedule + FILES[PIPELINE]}


def test_every_tenants_files_are_looked_through_where_there_is_no_index() -> None:
    assert load_schedules(MemoryFolder(files_with(SCHEDULE))) == (DAILY,)


def test_the_index_says_it_where_there_is_one() -> None:
    index = json.dumps([DAILY.model_dump()])

    assert load_schedules(MemoryFolder({INDEX: index})) == (DAILY,)


def test_a_schedule_is_taken_over_from_the_pipeline_that_is_extended() -> None:
    files = files_with("")
    files[PIPELINE] = "extends: templates/demo/cost/chain\n"
    files["templates/pipelines/demo/cost/chain.yml"] = SCHEDULE + FILES[PIPELINE]

    assert load_schedules(MemoryFolder(files)) == (DAILY,)


@pytest.mark.parametrize("schedule", ["", "schedule: {cron: '61 6 * * *'}\n", "schedule: daily\n"])
def test_a_pipeline_without_a_schedule_or_with_a_wrong_one_is_left_out(schedule: str) -> None:
    assert load_schedules(MemoryFolder(files_with(schedule))) == ()


@pytest.mark.parametrize("index", ["", "{}", '[{"job": "a"}]'])
def test_an_index_that_is_none_is_an_error(index: str) -> None:
    with pytest.raises(ConfigError, match=r"^configs/schedules.json:1:1: is not an index of schedules: \d+ "):
        load_schedules(MemoryFolder({INDEX: index}))
