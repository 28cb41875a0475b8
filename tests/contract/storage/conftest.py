"""A stand-in of Cloud Storage for each test, which the real client finds."""

from collections.abc import Iterator

import pytest

from tests.contract.storage.stand_in import StorageStandIn


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[StorageStandIn]:
    stand_in = StorageStandIn()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", stand_in.url)
    yield stand_in
    stand_in.close()
