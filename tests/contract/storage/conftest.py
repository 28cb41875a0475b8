"""A stand-in of Cloud Storage for each test, which the real client finds."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from google.oauth2.credentials import Credentials

from shared.adapters.fresh_grants import FreshGrants
from shared.adapters.tenant_accounts import TenantAccounts
from shared.domain.source import FilesSource
from shared.ports import Reader
from shared.settings import GOOGLE_UNIVERSE, Settings, read_settings
from shared.storage import build_reader
from tests.contract.adapters.stand_in import SETTLED
from tests.contract.storage.stand_in import StorageStandIn
from tests.contract.storage.trees import BUCKET, OWN, PREFIX
from tests.fakes.reader import one_by_one

Read = Callable[..., list[dict[str, Any]]]


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


class Accounts:
    """The tenants' tokens: each is its tenant's name."""

    def __init__(self, universe_domain: str) -> None:
        self._universe_domain = universe_domain

    def credentials(self, tenant_id: str) -> Credentials:
        return Credentials(token=tenant_id, universe_domain=self._universe_domain)


@pytest.fixture
def reader(stored: StorageStandIn, settings: Settings) -> Reader:
    stored.put(BUCKET, f"{OWN}/secrets/key.csv", "a\nhunter2\n")
    stored.put(BUCKET, "live/configs/umbrella/files/theirs.csv", "a\ntheirs\n")
    stored.put(BUCKET, "outside.csv", "a\noutside\n")
    stored.readers[BUCKET] = {""}
    return reader_of(settings, SETTLED)


def reader_of(settings: Settings, grants: FreshGrants, *, universe_domain: str = GOOGLE_UNIVERSE) -> Reader:
    """What reads the sources where the tenants' grants and their accounts' universe are those."""
    return build_reader(settings, cast(TenantAccounts, Accounts(universe_domain)), grants=grants)


@pytest.fixture
def read(reader: Reader) -> Read:
    """Read as the tenant acme."""

    def rows(path: str, kind: str = "csv") -> list[dict[str, Any]]:
        source = FilesSource(type="files", path=path, format=kind)
        return list(one_by_one(reader.read(source, tenant_id="acme", parameters=())))

    return rows
