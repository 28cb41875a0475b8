"""A pipeline's schedule: told with line and column, beside all else that is wrong."""

from tests.fakes.acme import FILES
from tests.unit.config.recipes import PIPELINE, problems_of


def test_a_word_that_cloud_scheduler_lacks_and_a_wrong_time_zone_are_told_at_once() -> None:
    schedule = 'schedule:\n  cron: "@daily"\n  timezone: Europe/Belrin\n'
    wrong = FILES[PIPELINE].replace("source: charges", "soruce: charges")

    problems = problems_of({**FILES, PIPELINE: f"{schedule}{wrong}"})

    assert problems[:2] == [
        (
            "acme/pipelines/demo/cost/chain.yml:2:9: schedule.cron: '@daily' is not a unix-cron expression: "
            "write '0 0 * * *'"
        ),
        (
            "acme/pipelines/demo/cost/chain.yml:3:13: schedule.timezone: 'Europe/Belrin' is not the name of a time "
            "zone, such as Etc/UTC or Europe/Berlin. Did you mean 'Europe/Berlin'?"
        ),
    ]
    assert "'soruce' is not a known key" in "\n".join(problems)


def test_a_schedule_is_read_where_it_stands() -> None:
    schedule = "schedule: {timezone: europe/berlin, cron: '0 6 L * *'}\n"

    problems = problems_of({**FILES, PIPELINE: f"{schedule}{FILES[PIPELINE]}"})

    assert [problem.split(": ")[0] for problem in problems] == [
        "acme/pipelines/demo/cost/chain.yml:1:22",
        "acme/pipelines/demo/cost/chain.yml:1:43",
    ]
