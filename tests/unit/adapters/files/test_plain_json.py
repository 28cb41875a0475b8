"""Lines of JSON that are read fast, against the same lines read with care."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.exact_json import parse_json
from shared.adapters.files.plain_json import plain_json_lines
from shared.adapters.files.rows import read_written_files
from tests.unit.adapters.files.written import Written

_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1")


def _object(pairs: list[tuple[str, str]], blank: str = "") -> str:
    return "{" + ",".join(f"{key}{blank}:{blank}{value}{blank}" for key, value in pairs) + "}"


_NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?", fullmatch=True) | (
    st.sampled_from(
        [
            "1e400",
            "-1e400",
            "-0",
            "-0.0",
            "0e0",
            "9007199254740992",
            "9007199254740993",
            "1.50",
            "5e-324",
            "123456789012345.6",
            "1e9999999999999999999",
            "18446744073709551616",
            "01",
            "1.",
            "+1",
            "NaN",
        ]
    )
)
_STRINGS = st.sampled_from(
    ['""', '"x"', '"\\u0022"', '"\\""', '"\\ud83d"', '"\\ud83d\\ude42"', '"\\u00e9"', '"é🙂"', '"\\\\u0022"',
     '"1234567890123456789"', '": 1234567890123456789,"', '",1e5,"', '"\t"', '"\0"', '"\\n\\/"', '"\u2028"', "'x'"]
)  # fmt: skip
_BLANKS = st.sampled_from(["", "", "", " ", "\t", "\r"])
_KEYS = st.sampled_from(['"a"', '"b"', '"c"', '"\\u0061"', '""', '"d"'])
_VALUES = st.recursive(
    _NUMBERS | _STRINGS | st.sampled_from(["null", "true", "false", "Infinity"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(_KEYS, inner), max_size=3).map(_object)
    ),
    max_leaves=6,
)


_OBJECTS = st.tuples(st.lists(st.tuples(_KEYS, _VALUES), max_size=4), _BLANKS).map(
    lambda each: _object(*each)
)
_DEEP = st.sampled_from([3, 240, 260, 900, 1100, 100_000]).map(lambda n: '{"a":' + "[" * n + "]" * n + "}")
_LINES = (
    _OBJECTS | _OBJECTS | _DEEP | _VALUES | st.sampled_from(["", " ", "\x0b", "{", '{"a":1}{}', "\ufeff{}"])
).map(lambda line: line.encode())
_ANY_LINES = (
    _LINES
    | _LINES
    | st.sampled_from([b"\xff", b'{"a":"\xe9"}', b'{"a":"\xed\xa0\x80"}', '{"a":1}'.encode("utf-16")])
)
_SOUND_LINES = st.integers(0, 40).map(lambda number: [b'{"a": %d, "b": "t"}' % n for n in range(number)])


@given(
    before=_SOUND_LINES,
    lines=st.lists(_ANY_LINES, max_size=4),
    after=_SOUND_LINES,
    begin=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    end=st.sampled_from([b"\n", b"\r\n", b"\n\n"]),
)
def test_lines_are_what_they_are_one_by_one(
    folder: Path, before: list[bytes], lines: list[bytes], after: list[bytes], begin: bytes, end: bytes
) -> None:
    file = Written(folder, begin + end.join([*before, *lines, *after]), "ndjson")

    file.require_same()


@given(text=st.lists(_LINES, max_size=5).map(b"\n".join), codec=st.sampled_from(_ENCODINGS))
def test_so_are_lines_in_other_encodings(folder: Path, text: bytes, codec: str) -> None:
    body = text.decode().encode(codec, "replace")
    file = Written(folder, body, "ndjson", encoding=codec)

    file.require_same()


@given(st.lists(_OBJECTS.map(str.encode), min_size=1, max_size=3))
def test_plain_json_is_what_the_exact_parser_reads(lines: list[bytes]) -> None:
    found = plain_json_lines(lines)

    if found is not None:
        assert [repr(row) for row in found.rows()] == [repr(parse_json(line)) for line in lines]
        assert found.fields == {name for row in found.rows() for name in row}


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": 123456789012345, "cost": -0.000000825, "at": "2026-01-01T10:30:00.500000Z"}',
        b'{"account":"1234567890123456789","arn":"arn:aws:ec2:eu:123456789012:i-0e5","tags":{"e":[]},"x":null}',
        '{"name": "Zürich \\u00e9\\n", "quote": "\\"", "days": [1, 2.5, true]}\r\n'.encode(),
    ],
    ids=["spaced", "compact", "escaped"],
)
def test_what_files_usually_hold_is_plain(line: bytes) -> None:
    found = plain_json_lines([line])

    assert found is not None
    assert found.rows() == [parse_json(line)]


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":"","a":1,"b":"\\u0022\\u0022\\u0022\\u0022"}',
        b'{"b":[{"a":1,"a":1}]}',
        b'{"a":9007199254740993}',
        b'{"a":[0,-1234567890.123456]}',
        b'{"a": 4e-324}',
        b'{"a":[1,\t-1E-400 ]}',
        b'{"a":1e400}',
        b'{"a":"\\ud800"}',
        b'[{"a":1}]',
    ],
)
def test_what_may_be_changed_or_refused_is_left_to_the_exact_parser(line: bytes) -> None:
    assert plain_json_lines([b'{"a":1}', line]) is None


def test_long_lines_are_read_one_by_one(tmp_path: Path) -> None:
    file = Written(tmp_path, (json.dumps({"a": "x" * 100_000}).encode() + b"\n") * 11, "ndjson")

    assert [type(each) for each in read_written_files(file.source, file.found())][1:] == [dict] * 11
    assert len(file.require_same()[0]) == 11


def test_an_error_comes_after_the_rows_before_it(tmp_path: Path) -> None:
    lines = [json.dumps({"a": number}) for number in range(40)]
    file = Written(tmp_path, "\n".join([*lines, "{", *lines]).encode(), "ndjson")

    rows, error = file.require_same()

    assert len(rows) == 40
    assert error == "some.ndjson: line 41 is not JSON"
