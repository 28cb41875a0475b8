"""Where files may be read from."""

import json
import re
from typing import Any

import pytest
from pydantic import ValidationError

from shared.config.document import parse_document
from shared.config.problem import ConfigError
from shared.config.source_file import SourceFile
from shared.config.validation import validate
from shared.domain.model import RECORDED
from shared.domain.source import FilesSource


@pytest.mark.parametrize(
    "path",
    [
        *("a.csv", "/exports/*.csv", "files/**/*.csv", "gs://bucket/a.csv", "gs://bucket/x/**/*.csv.gz"),
        *("a[[]1].csv", "a[*]b[?].csv", "[0-9][ab]/[!a].csv", "ä b\u202f'\".csv", "x/" * 500 + "a.csv"),
        "gs://bucket/" + "n" * 1024,
    ],
)
def test_files_are_named_by_a_path_or_an_address(path: str) -> None:
    assert FilesSource(type="files", path=path, format="csv").path == path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("ftp://host/a.csv", "begin with gs://, s3://, az:// or https://; ftp:// is not read"),
        ("http://example.com/a.csv", "http:// is not read"),
        ("s3://Bucket/a.csv", "must name a bucket and what is in it: s3://bucket/path"),
        ("s3://bucket/", "must name a bucket and what is in it"),
        ("s3://bucket//a.csv", "neither a slash at the beginning"),
        ("s3://bucket/x/../a.csv", "nor '.' or '..' between slashes"),
        ("https://example.com/*.csv", "must name one file, without a pattern"),
        ("https://example.com/", "must name a file: https://host/path"),
        ("https://example.com/a.csv#b", "without '#'"),
        ("gs://bucket", "must name a bucket and what is in it"),
        ("gs://bucket/", "must name a bucket and what is in it"),
        ("gs://exports-*/a.csv", "no pattern for the bucket"),
        ("gs:///a.csv", "must name a bucket"),
        ("files/**.csv", "must have '\\*\\*' alone between slashes"),
        ("gs://bucket/x**/a.csv", "must have '\\*\\*' alone between slashes"),
        ("a[1].csv", r"has '\[1\]', which as a pattern means '1' alone; for brackets .* write '\[\[\]1\]'"),
        ("a\0.csv", "no control characters"),
        ("files/" + "ä" * 128 + "/x.csv", "must have at most 255 bytes between slashes"),
        ("gs://bucket/" + "n" * 1025, "must name objects by at most 1,024 bytes"),
    ],
)
def test_a_path_that_nothing_can_be_read_from_is_refused(path: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        FilesSource(type="files", path=path, format="csv")


@pytest.mark.parametrize("delimiter", ["", "||", '"', "\n", "\r", "\0"])
def test_a_delimiter_that_csv_cannot_have_is_refused(delimiter: str) -> None:
    with pytest.raises(ValidationError, match=r'must be (one character; a tab is written "\\t"|no quote)'):
        FilesSource(type="files", path="a.csv", format="csv", delimiter=delimiter)


@pytest.mark.parametrize(
    "name", ["utf-8", "UTF8", "Latin1", "latin-1", "cp1252", "windows-1252", "utf-16-le"]
)
def test_an_encoding_is_called_as_python_calls_it(name: str) -> None:
    assert FilesSource(type="files", path="a.csv", format="csv", encoding=name).encoding == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ltin-1", "must be a text encoding .*; did you mean latin-1?"),
        ("utf-9", "did you mean utf-8?"),
        ("windows1252", "did you mean windows-1252?"),
        ("base64", "must be a text encoding such as utf-8, latin-1, cp1252 or utf-16 "),
        ("", "must be a text encoding"),
    ],
)
def test_an_encoding_that_nothing_is_in_is_refused_with_the_nearest_one(name: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        FilesSource(type="files", path="a.csv", format="csv", encoding=name)


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        ("ndjson", {"delimiter": ";"}),
        ("ndjson", {"null_values": []}),
        ("parquet", {"delimiter": ";"}),
        ("parquet", {"encoding": "latin-1"}),
        ("xlsx", {"encoding": "latin-1"}),
        ("csv", {"sheet": "May"}),
    ],
)
def test_a_setting_that_the_format_has_not_is_refused(kind: str, setting: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=f"{next(iter(setting))}\n.*says nothing about {kind}"):
        FilesSource.model_validate({"type": "files", "path": "a", "format": kind, **setting})


def test_a_sheet_is_named_as_excel_lets_sheets_be_named() -> None:
    said = {"type": "files", "path": "a.xlsx", "format": "xlsx"}

    assert FilesSource.model_validate({**said, "sheet": "May '25", "null_values": ["n/a"]}).sheet == "May '25"
    for name in ("a/b", "a:b", "[a]", "a*", "", "x" * 32):
        with pytest.raises(ValidationError, match="sheet"):
            FilesSource.model_validate({**said, "sheet": name})


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["dt=2025-05-01"], "must hold keys alone: 'dt' for folders such as dt=2025-05-01"),
        (["a/b"], "must hold keys alone"),
        ([""], "must hold keys alone"),
        (["dt", "x", "dt"], "names 'dt' twice"),
        (True, "tuple"),
        ("dt", "tuple"),
    ],
)
def test_folders_are_named_by_their_keys_each_once(keys: object, said: str) -> None:
    with pytest.raises(ValidationError, match=f"folders\n.*{said}"):
        FilesSource.model_validate({"type": "files", "path": "a", "format": "csv", "folders": keys})


def test_a_plan_without_folders_is_recorded_as_before_and_other_folders_are_another_reading() -> None:
    said = {"type": "files", "path": "dt=1/a.csv", "format": "csv", "load": "changed"}
    plain = FilesSource.model_validate(said)
    keyed = FilesSource.model_validate({**said, "folders": ["dt"]})

    assert "folders" not in plain.model_dump(mode="json", context=RECORDED)
    recorded = keyed.model_dump(mode="json", context=RECORDED)
    assert FilesSource.model_validate(recorded, context=RECORDED) == keyed
    assert plain.needs.way is not None
    assert plain.needs.way != keyed.needs.way


def test_a_source_is_the_same_once_it_was_written_and_read() -> None:
    source = FilesSource(type="files", path="a", format="parquet")

    assert FilesSource.model_validate_json(source.model_dump_json()) == source


KEYS = {"access_key_id": {"secret": "id"}, "secret_access_key": {"secret": "key"}}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("s3://bucket/a.csv", {"region": "eu-central-1"}),
        ("s3://bucket/a.csv", {"endpoint": "https://minio.example.com"}),
        ("s3://bucket/x/**/*.csv", {"region": "us-gov-west-1", "credentials": KEYS}),
        (
            "s3://bucket/a.csv",
            {"region": "eu-west-1", "credentials": {**KEYS, "session_token": {"secret": "t"}}},
        ),
        ("az://exports/**", {"account": "acme", "credentials": {"sas_token": {"secret": "t"}}}),
        ("az://exports/a.csv", {"account": "acme", "credentials": {"account_key": {"secret": "k"}}}),
        ("https://example.com/a.csv?day=1", {"credentials": {"bearer_token": {"secret": "token"}}}),
        (
            "https://example.com/a.csv",
            {"credentials": {"username": {"secret": "u"}, "password": {"secret": "p"}}},
        ),
    ],
)
def test_a_place_is_told_where_it_is_and_what_to_show(path: str, words: dict[str, Any]) -> None:
    source = FilesSource.model_validate({"type": "files", "format": "csv", "path": path, **words})

    named = {each["secret"] for each in words.get("credentials", {}).values()}
    assert source.needs.secrets == named


@pytest.mark.parametrize(
    ("path", "words", "said"),
    [
        ("s3://bucket/a.csv", {}, "needs 'region'"),
        ("az://exports/a.csv", {}, "needs 'account'"),
        ("az://exports/a.csv", {"account": "x.evil.example.com/"}, "should match pattern"),
        ("az://exports/a.csv", {"account": "acme", "region": "eu-west-1"}, "says nothing about az://"),
        ("az://Exports/a.csv", {"account": "acme"}, "must name a container and what is in it"),
        ("a.csv", {"region": "eu-central-1"}, "says nothing about files on disk; take it away"),
        ("gs://bucket/a.csv", {"credentials": KEYS}, "says nothing about gs://; take it away"),
        ("https://example.com/a.csv", {"endpoint": "https://x"}, "says nothing about https://"),
        (
            "https://example.com/a.csv",
            {"credentials": KEYS},
            "must hold 'bearer_token', or 'password' and 'username'",
        ),
        (
            "s3://bucket/a.csv",
            {"credentials": {"access_key_id": {"secret": "id"}}},
            "must hold 'access_key_id' and",
        ),
        ("s3://bucket/a.csv", {"credentials": {}}, "must hold 'access_key_id' and"),
        ("s3://bucket/a.csv", {"region": "x.evil.example.com/"}, "should match pattern"),
    ],
)
def test_what_does_not_go_with_the_place_is_refused(path: str, words: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        FilesSource.model_validate({"type": "files", "format": "csv", "path": path, **words})


@pytest.mark.parametrize(
    "credentials",
    [
        "AKIAIOSFODNN7EXAMPLE",
        {**KEYS, "access_key_id": "AKIAIOSFODNN7EXAMPLE"},
        {"access_key_id": {"secret": "AKIA/x"}},
    ],
)
def test_a_secret_that_is_written_out_is_refused_and_not_shown(credentials: object) -> None:
    text = json.dumps(
        {
            "type": "files",
            "path": "s3://b-b/a.csv",
            "format": "csv",
            "region": "eu-west-1",
            "credentials": credentials,
        }
    )

    with pytest.raises(ConfigError) as caught:
        validate(parse_document(text, file="source.yml"), SourceFile)

    said = " ".join(str(problem) for problem in caught.value.problems)
    assert "{secret: name}" in said
    assert "AKIA" not in said


@pytest.mark.parametrize(
    ("path", "kind", "more", "may"),
    [
        ("gs://bucket/a.parquet", "parquet", {}, True),
        ("gs://bucket/a.parquet", "parquet", {"description": "d", "encoding": "utf-8"}, True),
        ("gs://bucket/a.json", "ndjson", {}, True),
        ("gs://bucket/a.json", "ndjson", {"encoding": "cp1252"}, False),
        ("s3://bucket/a.json", "ndjson", {}, False),
        ("gs://bucket/a.csv", "csv", {}, False),
        ("a.parquet", "parquet", {}, False),
        ("gs://bucket/a.parquet", "parquet", {"delimiter": ";"}, False),
        ("gs://bucket/a.parquet", "parquet", {"columns": {"a": "b"}}, False),
        ("gs://bucket/a.parquet", "parquet", {"load": "changed"}, False),
        ("gs://bucket/dt=1/a.parquet", "parquet", {"folders": ("dt",)}, False),
    ],
)
def test_bigquery_may_load_only_objects_of_which_nothing_is_said_that_it_does_not_heed(
    path: str, kind: str, more: dict[str, Any], may: bool
) -> None:
    said: dict[str, Any] = {"type": "files", "path": path, "format": kind, **more}
    source = FilesSource.model_construct(**said)

    assert source.needs.may_be_loaded == may
