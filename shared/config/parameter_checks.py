"""A pipeline's parameters: their defaults, and what SQL calls them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.domain.errors import InvalidError
from shared.domain.parameter import Parameter, resolve_parameters
from shared.domain.pipeline import Pipeline
from shared.domain.sql_parameter import sql_names

ALWAYS_GIVEN = ("run_id", "tenant_id", "pipeline_id", "run_date")
"""Query parameters that every SQL text of a pipeline sees."""
_OF_A_RULE = re.compile(r"rule_[0-9]+_.*")
"""What the values of a rule are called in the query of its step."""


def check_parameters(pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """Defaults that their own declaration refuses, and names that mean two things in SQL."""
    today = datetime.now(tz=UTC).date()
    for name, parameter in pipeline.parameters.items():
        here = place.at("parameters", name)
        yield from _check_name(name, parameter, here)
        if parameter.default is None:
            continue
        try:
            resolve_parameters({name: parameter}, {}, today=today)
        except InvalidError as error:
            yield here.at("default").problem(kinds.WRONG_DEFAULT, error.problems[0].detail)
    yield from _check_collisions(pipeline, place)


def _check_name(name: str, parameter: Parameter, place: Place) -> Iterator[ConfigProblem]:
    if name in ALWAYS_GIVEN:
        yield place.problem(
            kinds.AMBIGUOUS_PARAMETER, f"'{name}' is given to every pipeline; choose another name"
        )
        return
    for called in sql_names(name, parameter.type):
        if called in ALWAYS_GIVEN:
            yield place.problem(
                kinds.AMBIGUOUS_PARAMETER,
                f"in SQL it is @{called}, which is given to every pipeline; choose another name",
            )
        if _OF_A_RULE.fullmatch(called):
            yield place.problem(
                kinds.AMBIGUOUS_PARAMETER,
                f"in SQL it is @{called}, as the values of rules are called; choose another name",
            )


def _check_collisions(pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    owner_by_sql_name: dict[str, str] = {}
    for name, parameter in pipeline.parameters.items():
        for called in sql_names(name, parameter.type):
            owner = owner_by_sql_name.setdefault(called, name)
            if owner != name:
                first = place.at("parameters", owner)
                yield place.at("parameters", name).problem(
                    kinds.AMBIGUOUS_PARAMETER,
                    f"'{name}' and '{owner}' ({first.line}) are both @{called} in SQL; choose another name for one",
                )
