"""What a step says that reads for longer than a call may."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from click.testing import CliRunner

from cli.main import convergence
from shared.domain.parameter import ParameterValue
from shared.steps.read_less import how_to_read_less
from tests.unit.steps.attempts import attempt_at
from tests.unit.steps.test_attempt import step_of

WEEK = ParameterValue(name="days", type="date_range", text="2025-11-08/2025-11-14")
DAY = ParameterValue(name="day", type="date_range", text="2025-11-08/2025-11-08")
REGION = ParameterValue(name="region", type="string", text="north & south")
TABLE = "put the data into a BigQuery table: a source of type bigquery has no such limit"


def advice(parameters: Sequence[ParameterValue]) -> str:
    attempt = attempt_at(step_of())
    return how_to_read_less(
        replace(attempt, plan=attempt.plan.model_copy(update={"parameters": tuple(parameters)}))
    )


@pytest.mark.parametrize(
    ("parameters", "options"),
    [
        ([WEEK], ""),
        ([WEEK, REGION], " --param 'region=north & south'"),
        ([DAY, WEEK], " --parameter days --param day=2025-11-08/2025-11-08"),
    ],
)
def test_a_range_of_several_days_is_to_be_done_in_chunks(
    parameters: list[ParameterValue], options: str
) -> None:
    assert advice(parameters) == (
        f"{TABLE}; or have fewer days read at a time than the 7 of 'days', if the source goes by it: "
        f"convergence backfill acme/demo/cost/daily --range 2025-11-08/2025-11-14 --chunk 1d{options}"
    )


@pytest.mark.parametrize(
    ("parameters", "part"),
    [
        ([DAY], "less than it gives of one day of 'day'"),
        ([REGION], "a part of it only, such as the days of a date_range"),
        ([], "a part of it only, such as the days of a date_range"),
    ],
)
def test_what_has_no_days_to_take_away_is_asked_for_less(parameters: list[ParameterValue], part: str) -> None:
    assert advice(parameters) == f"have the source asked for {part}, or {TABLE}"


def test_the_command_has_options_that_there_are() -> None:
    shown = CliRunner().invoke(convergence, ["backfill", "--help"]).output

    assert [
        option for option in ("--range", "--chunk", "--parameter", "--param ") if option not in shown
    ] == []
