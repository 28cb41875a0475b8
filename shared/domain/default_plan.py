"""What a run would do of which nobody has said more than must be said."""

from datetime import date
from typing import assert_never

from pydantic import JsonValue

from shared.domain.parameter import (
    BooleanParameter,
    DateParameter,
    DateRangeParameter,
    EnumParameter,
    IntegerParameter,
    NumberParameter,
    Parameter,
    StringParameter,
)
from shared.domain.pipeline import Recipe
from shared.domain.plan import Plan
from shared.domain.planning import plan

TO_BE_GIVEN = "(to be given)"


def default_plan(recipe: Recipe, *, today: date) -> Plan:
    """The plan with every parameter at its default; one without a default has the text TO_BE_GIVEN.

    Raises InvalidError for a default that can't stand where the pipeline uses it.
    """
    declared = recipe.pipeline.parameters
    some = {name: _some_value(each) for name, each in declared.items() if each.default is None}
    whole = plan(recipe, some, today=today)
    values = (
        value.model_copy(update={"text": TO_BE_GIVEN}) if value.name in some else value
        for value in whole.parameters
    )
    return whole.model_copy(update={"parameters": tuple(values)})


def _some_value(parameter: Parameter) -> JsonValue:
    """A value that the parameter takes."""
    match parameter:
        case StringParameter():
            return "x"
        case IntegerParameter():
            return next((bound for bound in (parameter.minimum, parameter.maximum) if bound is not None), 0)
        case NumberParameter():
            return 0
        case BooleanParameter():
            return False
        case DateParameter():
            return "today"
        case DateRangeParameter():
            return "yesterday"
        case EnumParameter():
            return parameter.values[0]
        case _:
            assert_never(parameter)
