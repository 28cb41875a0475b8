"""Addresses in Cloud Storage."""

import pytest

from shared.domain.storage_uri import StorageUri, parse_storage_uri


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("gs://bucket", StorageUri("bucket")),
        ("gs://bucket/", StorageUri("bucket")),
        ("gs://my-bucket_1.example.com/a/b/", StorageUri("my-bucket_1.example.com", "a/b")),
        ("gs://bucket/a b/*.csv", StorageUri("bucket", "a b/*.csv")),
    ],
)
def test_an_address_is_a_bucket_and_a_path(text: str, uri: StorageUri) -> None:
    assert parse_storage_uri(text) == uri
    assert str(uri) == text.rstrip("/")


@pytest.mark.parametrize(
    "text", ["", "bucket", "gs:/bucket", "s3://bucket", "gs://", "gs:///a", "gs://B/a", "gs://b*/a"]
)
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not gs://"):
        parse_storage_uri(text)
