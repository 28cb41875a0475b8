"""Pipelines that extend one of the templates."""

import pytest

from shared.config.recipe import load_recipe
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import (
    PIPELINE,
    SQL,
    problems_of,
)

TEMPLATE = "templates/pipelines/demo/cost/chain.yml"


def extended(text: str, **others: str) -> dict[str, str]:
    """The tenant's files, with a pipeline that extends a template's, which names the template's own files."""
    return {
        **FILES,
        TEMPLATE: FILES[PIPELINE],
        "templates/transforms/daily.sql": "SELECT 2 AS usage_date",
        PIPELINE: text,
        **others,
    }


def test_a_pipeline_may_extend_one_of_the_templates() -> None:
    days = "parameters: {days: {type: date_range, default: last_month}}\n"
    text = f"extends: templates/demo/cost/chain\ntimeout: 5m\n{days}"

    recipe = load_recipe(MemoryFolder(extended(text)), CHAIN)

    assert recipe.pipeline.timeout == "5m"
    assert recipe.pipeline.parameters["days"].default == "last_month"
    assert [step.id for step in recipe.pipeline.steps] == ["ingest_charges", "check", "daily"]


def test_files_of_the_templates_are_found_unless_the_tenant_has_its_own() -> None:
    files = extended("extends: templates/demo/cost/chain\n")

    own = load_recipe(MemoryFolder(files), CHAIN)
    del files[SQL]
    shared = load_recipe(MemoryFolder(files), CHAIN)

    assert own.transforms["daily"].startswith("SELECT CURRENT_DATE()")
    assert shared.transforms["daily"] == "SELECT 2 AS usage_date"


def test_files_of_the_templates_are_out_of_sight_for_a_pipeline_that_extends_none() -> None:
    files = extended(FILES[PIPELINE])
    del files[SQL]

    (problem,) = problems_of(files)

    assert problem == f"{PIPELINE}:14:10: steps[2].sql: 'daily' is not a file of transforms/"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "extends: templates/demo/cost/none\n",
            f"{PIPELINE}:1:10: extends: there is no configs/templates/pipelines/demo/cost/none.yml",
        ),
        (
            "extends: ../umbrella\n",
            (
                f"{PIPELINE}:1:10: extends: must match the pattern ^templates/[a-z0-9_]+/[a-z0-9_]+/[a-z0-9_]+$, "
                "is '../umbrella'"
            ),
        ),
        (
            "extends: templates/demo/cost/chain\nstepz: []\n",
            (
                f"{PIPELINE}:2:1: stepz: 'stepz' is not a known key; use one of extends, description, parameters, "
                "schedule, timeout, steps. Did you mean 'steps'?"
            ),
        ),
    ],
)
def test_what_is_wrong_in_an_extension_is_said_with_its_place(text: str, expected: str) -> None:
    assert problems_of(extended(text)) == [expected]


def test_what_is_wrong_in_a_template_is_said_at_the_template() -> None:
    files = extended("extends: templates/demo/cost/chain\n", **{TEMPLATE: "steps: []\n"})

    assert problems_of(files) == [f"{TEMPLATE}:1:1: steps: must have at least 1 items, is a list of 0"]
