"""What `convergence validate` says of wrong configurations, to the letter."""

import pytest

from shared.config.kinds import KINDS
from tests.unit.cli.mistake_cases import TENANT, Mistake, all_mistakes, problems_of, said_of

_OF_FOLDERS = {"CV0001", "CV0003", "CV0004"}
"""Of files on disk and of tenants beside each other: test_validate.py and test_strange_files.py."""


def test_the_tenant_without_mistakes_is_right() -> None:
    assert said_of(TENANT) == ""


@pytest.mark.parametrize("mistake", all_mistakes(), ids=lambda mistake: mistake.title)
def test_a_mistake_is_told_at_its_place_with_what_would_be_right(mistake: Mistake) -> None:
    assert mistake.said
    assert said_of(mistake.files) == mistake.said


def test_every_kind_of_problem_has_an_example() -> None:
    seen = {problem.code for mistake in all_mistakes() for problem in problems_of(mistake.files)}

    assert set(KINDS) - seen == _OF_FOLDERS
