"""What a run would do of which nobody has said more than must be said."""

from datetime import date

from shared.config.recipe import load_recipe
from shared.domain.default_plan import TO_BE_GIVEN, default_plan
from shared.domain.pipeline import Address
from tests.fakes.configs import MemoryFolder
from tests.unit.cli.mistake_cases import TENANT

PARAMETERS = """\
parameters:
  days: {type: date_range, default: last_7_days}
  day: {type: date}
  days_of_it: {type: date_range}
  word: {type: string}
  choice: {type: enum, values: [a, b]}
  count: {type: integer, minimum: 5}
  most: {type: integer, maximum: -5}
  amount: {type: number}
  billed: {type: boolean}
"""


def test_parameters_have_their_defaults_and_others_are_to_be_given() -> None:
    path = "acme/pipelines/cloud/cost/daily.yml"
    folder = MemoryFolder({**TENANT, path: PARAMETERS + TENANT[path]})
    recipe = load_recipe(folder, Address(tenant_id="acme", provider="cloud", domain="cost", pipeline="daily"))

    plan = default_plan(recipe, today=date(2025, 11, 15))

    assert {value.name: value.text for value in plan.parameters} == {
        "days": "2025-11-08/2025-11-14",
        **dict.fromkeys(
            ("day", "days_of_it", "word", "choice", "count", "most", "amount", "billed"), TO_BE_GIVEN
        ),
    }
