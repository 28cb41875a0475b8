"""A stand-in of Cloud Storage for each test, which the real client finds."""

from collections.abc import Iterator

import pytest

from shared.settings import Settings, read_settings
from tests.contract.storage.stand_in import StorageStandIn
from tests.contract.storage.trees import BUCKET, PREFIX


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[StorageStandIn]:
    stand_in = StorageStandIn()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", stand_in.url)
    yield stand_in
    stand_in.close()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of a function in the cloud, whose configuration is in a bucket."""
    for name, value in {
        "GCP_PROJECT_ID": "contract-test",
        "CONFIGS_URI": f"gs://{BUCKET}/{PREFIX}",
        "SECRETS_DIR": "",
        "FILES_DIR": "/",
    }.items():
        monkeypatch.setenv(name, value)
    return read_settings()
