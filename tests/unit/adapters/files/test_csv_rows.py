"""Rows of CSV: what is read, what is refused, and what is never shown."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.adapters.files.contents import Contents
from shared.adapters.files.csv_rows import csv_rows
from shared.domain.errors import StepError
from shared.domain.source import FilesSource
from tests.unit.adapters.conftest import Put, Read


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (b"a,b\n1,2\n", [{"a": "1", "b": "2"}]),
        (b"a,b\r\n1,2\r\n", [{"a": "1", "b": "2"}]),
        (b"\xef\xbb\xbfa,b\n1,2", [{"a": "1", "b": "2"}]),
        (b'a,b\n"x, ""y""\nz",\n', [{"a": 'x, "y"\nz', "b": None}]),
        (b"a,b\n1,2\n\n3,4\n", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        ("a\n\u00e9\u20ac\n".encode(), [{"a": "é€"}]),
        (b"a\n007\n", [{"a": "007"}]),
        (b"a,b\nNULL, \n", [{"a": "NULL", "b": " "}]),
        (b" a ,b.c,d e\n1,2,3\n", [{" a ": "1", "b.c": "2", "d e": "3"}]),
        (b"\n  \r\na\n1\n", [{"a": "1"}]),
        (b"a\r1\r2", [{"a": "1"}, {"a": "2"}]),
        (b"a,b\n", []),
        (b"a,b", []),
        (b"\xef\xbb\xbf", []),
        (b"\n\r\n  \n", []),
        (b"", []),
    ],
)
def test_a_csv_file_is_rows_of_text(
    read: Read, put: Put, text: bytes, rows: list[dict[str, JsonValue]]
) -> None:
    put("x.csv", text)

    assert read("files/x.csv") == rows


def test_delimiter_and_nulls_are_settings(read: Read, put: Put) -> None:
    put("x.csv", b"a;b;c\nNULL;;n/a\n")

    assert read("files/x.csv", delimiter=";", null_values=("NULL", "n/a")) == [
        {"a": None, "b": "", "c": None}
    ]


def test_a_very_long_value_is_one_value(read: Read, put: Put) -> None:
    put("x.csv", b"a\n" + b"x" * 200_000 + b"\n")

    assert read("files/x.csv") == [{"a": "x" * 200_000}]


@pytest.mark.parametrize("delimiter", ["\t", "|", ";", " ", "\x01", "§"])
def test_any_character_that_is_no_quote_and_ends_no_line_may_be_the_delimiter(
    read: Read, put: Put, delimiter: str
) -> None:
    put("x.csv", f'a{delimiter}b\n"x{delimiter}y"{delimiter}2\n'.encode())

    assert read("files/x.csv", delimiter=delimiter) == [{"a": f"x{delimiter}y", "b": "2"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a,b,a\n", "files/x.csv: the header has 'a' twice"),
        (b"a,,c\n", "files/x.csv: the header has no name for column 2"),
        (b"a, ,c\n", "files/x.csv: the header has no name for column 2"),
        (
            b"a\x00,\x00b\x00\n",
            "files/x.csv: the header has characters of no text; is it CSV, and in the encoding that is set?",
        ),
        (b"a,b\nsecret\n", "files/x.csv: line 2 has 1 value, the header has 2"),
        (b"a\n1\nsecret,2\n", "files/x.csv: line 3 has 2 values, the header has 1"),
        (b'a,b\n"x\r\ny",2\n\n"z\n",secret,3\n', "files/x.csv: line 5 has 3 values, the header has 2"),
        (
            b"a\ngeheim\n\xe9\n",
            "files/x.csv: line 3 is not UTF-8 text; set 'encoding' to what it is, such as cp1252",
        ),
        (
            b'a\n"x\ny"\n"secret\n\n',
            "files/x.csv: the row that begins on line 4 has a quote that is never closed",
        ),
        (
            b'a\n"x\ny"\n"secret"x\n',
            (
                "files/x.csv: line 4 has a quoted value that goes on after its quote; "
                "a quote within quotes is written twice"
            ),
        ),
        (
            b'a\n1\n"' + b"secret\n" * 1_500_000,
            (
                "files/x.csv: the row that begins on line 3 has a value of more than 10,000,000 characters; "
                "is a quote never closed?"
            ),
        ),
        (b"a\n" + b"secret\t" * 8_000_000, "files/x.csv has a line of more than 50,000,000 bytes"),
    ],
)
def test_a_csv_file_that_is_none_is_refused_by_its_line_without_showing_it(
    read: Read, put: Put, text: bytes, message: str
) -> None:
    put("x.csv", text)

    with pytest.raises(StepError) as caught:
        read("files/x.csv")

    assert str(caught.value) == message
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "encoding", ["latin-1", "cp1252", "utf-16", "utf-16-be", "utf-32", "shift_jis", "UTF8"]
)
def test_text_may_be_in_another_encoding(read: Read, put: Put, encoding: str) -> None:
    text = "ä" if encoding != "shift_jis" else "円"
    put("x.csv", f"a,{text}\r\n{text},2\r\n".encode(encoding))

    assert read("files/x.csv", encoding=encoding) == [{"a": text, text: "2"}]


@pytest.mark.parametrize("setting", ["utf-8", "latin-1", "utf-16-le"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(read: Read, put: Put, encoding: str, setting: str) -> None:
    put("x.csv", 'a\n"ä\n"\n'.encode(encoding))

    assert read("files/x.csv", encoding=setting) == [{"a": "ä\n"}]


@pytest.mark.parametrize(
    ("encoding", "contents", "message"),
    [
        (
            "utf-16",
            "a\n1\n".encode("utf-16-le"),
            "files/x.csv has no byte-order mark; set 'encoding' to utf-16-le or utf-16-be instead of utf-16",
        ),
        ("cp1252", b"a\n1\n\x81\n", "files/x.csv: line 3 is not text in the encoding cp1252"),
        (
            "utf-16",
            "a\n1\nsecret\n".encode("utf-16")[:-1],
            "files/x.csv: line 3 is not text in the encoding utf-16",
        ),
        (
            "ascii",
            b"a\n" + b"1\n" * 20_000 + b"\xe9",
            "files/x.csv: line 20002 is not text in the encoding ascii",
        ),
    ],
)
def test_bytes_that_are_no_text_of_the_encoding_are_refused_by_their_line(
    read: Read, put: Put, encoding: str, contents: bytes, message: str
) -> None:
    put("x.csv", contents)

    with pytest.raises(StepError) as caught:
        read("files/x.csv", encoding=encoding)

    assert str(caught.value) == message


_CELLS = st.text(st.sampled_from('a"\n\r, '), max_size=4)


@given(st.lists(st.tuples(_CELLS, _CELLS), max_size=5), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_row_is_wrong_on_the_line_on_which_an_editor_shows_it(
    rows: list[tuple[str, str]], end: str
) -> None:
    before = io.StringIO(newline="")
    csv.writer(before, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([("x", "y"), *rows])
    text = before.getvalue()
    source = FilesSource(type="files", path="x", format="csv")
    contents = Contents("x", b"", io.BufferedReader(io.BytesIO(f"{text}1,2,3{end}".encode())))

    with pytest.raises(StepError) as caught:
        list(csv_rows(contents, source))

    line = 1 + len(re.findall("\r\n?|\n", text))
    assert str(caught.value) == f"x: line {line} has 3 values, the header has 2"
