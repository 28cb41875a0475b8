"""One stand-in without a server, for statements and loads of files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.statements.loading import Loading, loading_into
from tests.contract.statements.running import Running, running_in


@pytest.fixture(scope="session")
def _stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_in(tmp_path_factory.mktemp("running")) as running:
        yield running


@pytest.fixture
def running(_stand_in: Running) -> Running:
    """The stand-in, whose dataset `d` is empty."""
    _stand_in.job("DROP SCHEMA d CASCADE; CREATE SCHEMA d")
    return _stand_in


@pytest.fixture(scope="session")
def _loading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    with loading_into(tmp_path_factory.mktemp("loading")) as loading:
        yield loading


@pytest.fixture
def loading(_loading: Loading) -> Loading:
    """A database to load files into, whose table isn't there yet."""
    _loading.forget()
    return _loading
