"""Errors as the person at the terminal reads them: what is wrong, where, and what to try."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from shared.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NotYetError,
    StepError,
    TooManyError,
    TransientError,
)
from shared.settings import SettingsError

_LOCAL_PLATFORM = (
    "To use the platform on this machine: `make run` in another terminal, "
    "then `source .local/env` in this one."
)


_OPTION_BY_POINTER = {"/date_range": "--range", "/chunk": "--chunk", "/parameter": "--parameter"}


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what the use cases raise into click's error: one line on stderr, each problem on its own, status 1."""
    try:
        yield
    except SettingsError as error:
        raise click.ClickException(f"{error}\n{_LOCAL_PLATFORM}") from error
    except NotYetError as error:
        raise click.ClickException(str(error)) from error
    except TransientError as error:
        message = f"{error}\nGoogle Cloud, or what stands in for it here, did not answer."
        raise click.ClickException(f"{message}\n{_LOCAL_PLATFORM}") from error
    except ForbiddenError as error:
        raise click.ClickException(f"{error}\n{_LOCAL_PLATFORM}") from error
    except InvalidError as error:
        raise click.ClickException(invalid_text(error)) from error
    except (NotFoundError, ConflictError, TooManyError, StepError) as error:
        raise click.ClickException(str(error)) from error


def invalid_text(error: InvalidError) -> str:
    """What is wrong, then each problem on a line of its own with its place."""
    if not error.problems:
        return str(error)
    places = (_place(problem.pointer) for problem in error.problems)
    lines = [f"  {place}: {problem.detail}" for place, problem in zip(places, error.problems, strict=True)]
    # A configuration's own message is all of its problems, which follow anyway.
    head = "The configuration is wrong" if error.code == "invalid_configuration" else str(error)
    return "\n".join((f"{head}:", *lines))


def _place(pointer: str) -> str:
    """A request's pointer in the words of the command line: what is in /parameters came in by --param."""
    return _OPTION_BY_POINTER.get(pointer) or pointer.replace("/parameters/", "--param ")
