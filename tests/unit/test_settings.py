"""What the environment may say."""

import pytest

from shared.domain.storage_uri import StorageUri
from shared.settings import SettingsError, read_settings


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("", None),
        ("gs://configs", StorageUri("configs")),
        ("gs://configs/live/", StorageUri("configs", "live")),
    ],
)
def test_the_configuration_may_be_in_a_bucket(
    monkeypatch: pytest.MonkeyPatch, text: str, uri: StorageUri | None
) -> None:
    monkeypatch.setenv("GCP_PROJECT_ID", "my-project")
    monkeypatch.setenv("CONFIGS_URI", text)

    assert read_settings().configs_uri == uri


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("configs", "it has to be gs://bucket or gs://bucket/folder"),
        ("s3://configs", "it has to be gs://bucket or gs://bucket/folder"),
        ("gs://Configs", "it has to be gs://bucket or gs://bucket/folder"),
        ("gs://configs/l?ve", "its folder can't have *, ? or [ in its name"),
    ],
)
def test_a_bucket_that_can_not_be_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setenv("GCP_PROJECT_ID", "my-project")
    monkeypatch.setenv("CONFIGS_URI", text)

    with pytest.raises(SettingsError) as caught:
        read_settings()

    assert str(caught.value) == f"CONFIGS_URI is '{text}'; {said}"
