"""Addresses of files that may not be asked, or that hold a secret, are told with their place."""

import json

import pytest

from shared.config.recipe import load_recipe
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import SOURCE, problems_of

S3 = "type: files\npath: s3://bucket/a.csv\nformat: csv\nendpoint: '{}'\n"
WEB = "type: files\npath: '{}'\nformat: csv\n"
FOLLOW = "the names of buckets and objects follow, as in https://minio.example.com"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (S3.format("https://minio.example.com?x=1"), f"4:11: endpoint: must end before '?': {FOLLOW}"),
        (S3.format("https://minio.example.com/#x"), f"4:11: endpoint: must end before '#': {FOLLOW}/"),
        (
            S3.format("https://u:hunter2@minio.example.com"),
            "4:11: endpoint: holds a user; write credentials: {username: {secret: name}, password: {secret: name}}",
        ),
        (S3.format("minio.example.com"), "4:11: endpoint: must be an address that begins with https://"),
        (
            WEB.format("https://example.com/a.csv?sig=hunter2"),
            "2:7: path: 'sig' in it is a secret; take it away and set 'credentials', or read it as s3:// or az://",
        ),
    ],
)
def test_an_address_that_is_none_of_a_source_s_is_refused(text: str, expected: str) -> None:
    found = problems_of({**FILES, SOURCE: text})

    assert [one.removeprefix(f"{SOURCE}:") for one in found] == [expected]


LAKE = "type: files\npath: {}\nformat: csv\nfolders: [provider, dt]\n"


def test_a_key_that_no_folder_of_the_path_can_have_is_told_with_the_nearest_one() -> None:
    found = problems_of({**FILES, SOURCE: LAKE.format("lake/dtt=2025/provider=*/dt=1.csv")})

    assert [one.removeprefix(f"{SOURCE}:") for one in found] == [
        "4:21: folders[1]: no folder of 'path' is called dt=…, so no file has a value for it. Did you mean 'dtt'?"
    ]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "lake/dt=*/provider=aws/*.csv",
            "lake/**/*.csv",
            "lake/[dx]t=1/a.csv",
            "lake/d%74=1/provider=x/a.csv",
        ),
        "gs://lake/dt={{/provider=x/a.csv",
    ],
)
def test_keys_that_folders_have_or_may_have_are_taken(path: str) -> None:
    text = LAKE.format(json.dumps(path))

    assert load_recipe(MemoryFolder({**FILES, SOURCE: text}), CHAIN).sources


@pytest.mark.parametrize(
    "text",
    [S3.format("https://minio.example.com/store/"), WEB.format("https://example.com/a.csv?day=1")],
)
def test_other_addresses_are_taken(text: str) -> None:
    assert load_recipe(MemoryFolder({**FILES, SOURCE: text}), CHAIN).sources
