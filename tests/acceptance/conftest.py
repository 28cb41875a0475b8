"""One platform for all acceptance tests."""

from collections.abc import Iterator

import pytest

from tests.stage import Stage, new_stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The running platform."""
    with new_stage(tmp_path_factory.mktemp("platform"), with_samples=True) as running:
        yield running
