"""One platform for the tests of the command line."""

from collections.abc import Iterator

import pytest

from tests.stage import Stage, new_stage


@pytest.fixture(scope="module", name="stage")
def start_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The running platform, nobody onboarded."""
    with new_stage(tmp_path_factory.mktemp("cli")) as running:
        yield running
