"""What a person is told when something is wrong."""

import click
import pytest

from cli.errors import told_plainly
from shared.config.kinds import MEANINGLESS_VALUE
from shared.config.problem import ConfigError, ConfigProblem
from shared.domain.errors import (
    ConflictError,
    FieldProblem,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotYetError,
    StepError,
    TransientError,
)
from shared.settings import SettingsError


@pytest.mark.parametrize("kind", [NotFoundError, ConflictError, StepError, InvalidError, NotYetError])
def test_a_mistake_is_told_in_one_line(kind: type[Exception]) -> None:
    assert told(kind("Run not found")) == "Run not found"


@pytest.mark.parametrize("kind", [SettingsError, TransientError, ForbiddenError])
def test_a_platform_that_is_not_there_is_told_with_what_to_try(kind: type[Exception]) -> None:
    message = told(kind("GCP_PROJECT_ID is not set"))

    assert message.startswith("GCP_PROJECT_ID is not set\n")
    assert "`make run`" in message
    assert "`source .local/env`" in message


def test_every_problem_of_a_request_has_a_line_in_the_words_of_the_command_line() -> None:
    problems = (FieldProblem("/parameters/days", "is missing"), FieldProblem("--name", "is too long"))

    message = told(InvalidError("The parameters are wrong", problems=problems))

    assert message == "The parameters are wrong:\n  --param days: is missing\n  --name: is too long"


def test_every_problem_of_a_configuration_has_a_line_with_its_place() -> None:
    problems = [
        ConfigProblem("configs/a/tenant.yml", 2, 1, "", "is wrong", kind=MEANINGLESS_VALUE),
        ConfigProblem("b", 1, 1, "", "too", kind=MEANINGLESS_VALUE),
    ]

    message = told(ConfigError(problems))

    assert message == "The configuration is wrong:\n  b:1:1: too\n  configs/a/tenant.yml:2:1: is wrong"


def test_what_nobody_foresaw_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), told_plainly():
        raise ZeroDivisionError


def told(error: Exception) -> str:
    with pytest.raises(click.ClickException) as caught, told_plainly():
        raise error
    assert caught.value.exit_code == 1
    return caught.value.message
