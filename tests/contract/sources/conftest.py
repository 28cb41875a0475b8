"""A tenant's folder with a secret, a reader over it, and APIs to read from."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.source_reader import SourceReader
from tests.contract.sources.api import Answer, Api, Request, opened_apis
from tests.fakes.gates import LOCAL_GATE

SECRET = "sk-admin-not-for-your-eyes"


@pytest.fixture
def reader(tmp_path: Path) -> SourceReader:
    secrets = tmp_path / "acme" / "secrets"
    secrets.mkdir(parents=True)
    (secrets / "api_key.txt").write_text(f"{SECRET}\n")
    files = DiskFiles(tmp_path, None)
    secrets_of = FolderSecrets(tmp_path)
    return SourceReader(
        own_files=files, bucket_files=files, secrets=secrets_of, gate=LOCAL_GATE, first_pause_seconds=0
    )


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Request], Answer]], Api]]:
    """Opens APIs and closes them after the test."""
    with opened_apis() as open_api:
        yield open_api
