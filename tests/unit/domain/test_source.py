"""Where files may be read from."""

import pytest
from pydantic import ValidationError

from shared.domain.source import FilesSource


@pytest.mark.parametrize(
    "path", ["a.csv", "/exports/*.csv", "files/**/*.csv", "gs://bucket/a.csv", "gs://bucket/x/**/*.csv.gz"]
)
def test_files_are_named_by_a_path_or_an_address(path: str) -> None:
    assert FilesSource(type="files", path=path, format="csv").path == path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("s3://bucket/a.csv", "s3:// is not read"),
        ("https://example.com/a.csv", "https:// is not read"),
        ("gs://bucket", "must name a bucket and what is in it"),
        ("gs://bucket/", "must name a bucket and what is in it"),
        ("gs://exports-*/a.csv", "no pattern for the bucket"),
        ("gs:///a.csv", "must name a bucket"),
        ("files/**.csv", "must have '\\*\\*' alone between slashes"),
        ("gs://bucket/x**/a.csv", "must have '\\*\\*' alone between slashes"),
    ],
)
def test_a_path_that_nothing_can_be_read_from_is_refused(path: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        FilesSource(type="files", path=path, format="csv")
