"""Objects of an S3 server that checks every signature."""

from pathlib import Path
from typing import Any

import pytest

from shared.adapters.source_reader import SourceReader
from shared.domain.parameter import ParameterValue
from tests.contract.places.conftest import BUCKET, OBJECTS, OTHER, REGION, S3
from tests.contract.places.reading import failure, read, reader_with, source_of

CREDENTIALS = {"access_key_id": {"secret": "key_id"}, "secret_access_key": {"secret": "key"}}
WRONG_KEY = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def reader(s3: S3, tmp_path: Path) -> SourceReader:
    return reader_with(tmp_path, {"key_id": s3.key_id, "key": s3.key, "wrong": WRONG_KEY})


def words(s3: S3, path: str, **more: Any) -> dict[str, Any]:
    return {
        "path": path if "://" in path else f"s3://{BUCKET}/{path}",
        "endpoint": s3.url,
        "region": REGION,
        "credentials": CREDENTIALS,
        **more,
    }


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("a.csv", ["1"]),
        ("*.csv", ["1"]),
        ("cur/*/b.csv", ["2", "3"]),
        ("cur/day=[2-3]*/b.csv", ["3"]),
        ("cur/**", ["4", "2", "3"]),
        ("cur//twice.csv", ["4"]),
        ("cur/.part.csv", ["unfinished"]),
        ("names/*.csv", ["5", "6", "7"]),
        ("names/a b+c%20ä&=[?]#'\"~.csv", ["5"]),
        ("names/x[[]1].csv", ["7"]),
        ("many/*.csv", [str(number) for number in range(7)]),
    ],
)
def test_objects_are_read_in_the_order_of_their_names(
    path: str, values: list[str], s3: S3, reader: SourceReader
) -> None:
    assert [row["a"] for row in read(reader, **words(s3, path))] == values


def test_rows_have_what_the_folders_of_their_object_say(s3: S3, reader: SourceReader) -> None:
    assert read(reader, **words(s3, "cur/day=*/b.csv", folders=["day"])) == [
        {"a": "2", "day": "1"},
        {"a": "3", "day": "2"},
    ]


def test_the_objects_of_each_day_are_read_and_a_day_without_any_is_told(s3: S3, reader: SourceReader) -> None:
    path = "cur/day={days:%-d}/b.csv"
    two, four = (
        (ParameterValue(name="days", type="date_range", text=f"2025-11-01/2025-11-{end}"),)
        for end in ("02", "04")
    )

    found = reader.find_files(source_of(**words(s3, path), load="changed"), tenant_id="acme", parameters=two)
    rows = read(reader, two, **words(s3, path))
    again = read(reader, two, **words(s3, "cur/day=*{days:%-d}*/*.csv"))
    missing = failure(reader, four, **words(s3, "cur/day={days:%-d}/*.csv"))

    assert [row["a"] for row in rows] == [row["a"] for row in again] == ["2", "3"]
    assert [each.name for each in found] == [f"s3://{BUCKET}/cur/day={day}/b.csv" for day in (1, 2)]
    assert missing == (f"No file matches 's3://{BUCKET}/cur/day=3/*.csv', 's3://{BUCKET}/cur/day=4/*.csv'")


@pytest.mark.parametrize(
    ("path", "more", "said"),
    [
        ("none.csv", {}, f"No file matches 's3://{BUCKET}/none.csv'"),
        ("none*.csv", {}, f"No file matches 's3://{BUCKET}/none*.csv'"),
        (f"s3://{OTHER}/a.csv", {}, "allow them s3:GetObject on it"),
        (f"s3://{OTHER}/*.csv", {}, "allow them s3:ListBucket"),
        ("a.csv", {"credentials": None}, "it is not public; set 'credentials'"),
        (
            "a.csv",
            {"credentials": {**CREDENTIALS, "secret_access_key": {"secret": "wrong"}}},
            "the secret of 'secret_access_key' is not the one of the key",
        ),
        (
            "*.csv",
            {"credentials": {**CREDENTIALS, "access_key_id": {"secret": "wrong"}}},
            "look at the secret of 'access_key_id'",
        ),
    ],
)
def test_what_cannot_be_read_says_what_to_do_and_no_secret(
    path: str, more: dict[str, Any], said: str, s3: S3, reader: SourceReader
) -> None:
    message = failure(reader, **words(s3, path, **more))

    assert said in message
    assert not any(secret in message for secret in (s3.key, s3.key_id, WRONG_KEY))


def test_a_source_tells_what_is_there_without_reading_it(s3: S3, reader: SourceReader) -> None:
    found = reader.find_files(source_of(**words(s3, "cur/*/b.csv")), tenant_id="acme", parameters=())

    assert [(each.name, each.size) for each in found] == [
        (f"s3://{BUCKET}/{name}", len(OBJECTS[name])) for name in ("cur/day=1/b.csv", "cur/day=2/b.csv")
    ]
    assert len({each.version for each in found}) == len(found)
