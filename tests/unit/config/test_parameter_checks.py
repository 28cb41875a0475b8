"""What parameters may be called."""

import pytest

from shared.config.recipe import load_recipe
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import PIPELINE, changed, problems_of

TEMPLATE = "templates/pipelines/demo/cost/chain.yml"


def declared(*lines: str) -> dict[str, str]:
    """The tenant's files with these parameters besides `days`, a date range in line 2."""
    more = "".join(f"\n  {line}" for line in lines)
    return changed(PIPELINE, "default: yesterday}", f"default: yesterday}}{more}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "days_start: {type: date, default: today}",
            (
                "parameters.days_start: 'days_start' and 'days' (line 2) are both @days_start in SQL; "
                "choose another name for one"
            ),
        ),
        (
            "days_end: {type: string, default: x}",
            (
                "parameters.days_end: 'days_end' and 'days' (line 2) are both @days_end in SQL; "
                "choose another name for one"
            ),
        ),
        (
            "run_date: {type: date}",
            "parameters.run_date: 'run_date' is given to every pipeline; choose another name",
        ),
        (
            "rule_12_minimum: {type: integer}",
            (
                "parameters.rule_12_minimum: in SQL it is @rule_12_minimum, as the values of rules are called; "
                "choose another name"
            ),
        ),
    ],
)
def test_two_parameters_are_never_one_to_sql(line: str, message: str) -> None:
    assert problems_of(declared(line)) == [f"{PIPELINE}:3:3: {message}"]


def test_a_range_that_comes_second_collides_as_well() -> None:
    files = declared("to_end: {type: date, default: today}", "to: {type: date_range, default: yesterday}")

    both = "parameters.to: 'to' and 'to_end' (line 3) are both @to_end in SQL; choose another name for one"
    assert problems_of(files) == [f"{PIPELINE}:4:3: {both}"]


@pytest.mark.parametrize(
    "line",
    [
        "days_start_end: {type: date, default: today}",
        "rule: {type: string, default: x}",
        "rules_1: {type: date_range, default: yesterday}",
    ],
)
def test_names_that_are_only_alike_are_fine(line: str) -> None:
    assert len(load_recipe(MemoryFolder(declared(line)), CHAIN).pipeline.parameters) == 2


def test_a_parameter_that_collides_with_the_templates_is_told_with_both_places() -> None:
    files = {
        **FILES,
        TEMPLATE: FILES[PIPELINE],
        "templates/transforms/daily.sql": "SELECT 2 AS usage_date",
        PIPELINE: "extends: templates/demo/cost/chain\nparameters:\n  days_end: {type: date, default: today}\n",
    }

    both = f"'days_end' and 'days' (line 2 of configs/{TEMPLATE}) are both @days_end in SQL"
    assert problems_of(files) == [f"{PIPELINE}:3:3: parameters.days_end: {both}; choose another name for one"]
