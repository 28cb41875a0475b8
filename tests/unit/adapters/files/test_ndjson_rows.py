"""Rows of NDJSON: what is read, what is refused, and what is never shown."""

import pytest
from pydantic import JsonValue

from shared.domain.errors import StepError
from tests.unit.adapters.conftest import Put, Read


def test_numbers_of_json_are_exact_or_text(read: Read, put: Put) -> None:
    numbers = [
        "1",
        "-0.5",
        "0.1",
        "1e3",
        "12345678901234567890",
        "0.1234567890123456789",
        "1e400",
        "20.52022672899",
    ]
    put("x.ndjson", "".join(f'{{"n": {number}}}\n' for number in numbers).encode())

    assert [row["n"] for row in read("files/x.ndjson", "ndjson")] == [
        1,
        -0.5,
        0.1,
        1000.0,
        "12345678901234567890",
        "0.1234567890123456789",
        "1e400",
        20.52022672899,
    ]


def test_json_lines_may_be_nested_and_blank_lines_are_none(read: Read, put: Put) -> None:
    put("x.ndjson", b'{"a": {"b": [1, null, true]}}\n\n \t\r\n{"a": "\\ud83d\\ude42\xc3\xa9"}')

    assert read("files/x.ndjson", "ndjson") == [{"a": {"b": [1, None, True]}}, {"a": "🙂é"}]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('\ufeff{"a": "é"}\n {"b": 1}\t\r\n'.encode(), [{"a": "é"}, {"b": 1}]),
        ('{"a": "é"}\r\n\n{"b": 1}'.encode("utf-16"), [{"a": "é"}, {"b": 1}]),
    ],
)
def test_json_lines_may_begin_with_a_byte_order_mark(
    read: Read, put: Put, text: bytes, rows: list[dict[str, JsonValue]]
) -> None:
    put("x.ndjson", text)

    assert read("files/x.ndjson", "ndjson") == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a": 1}\n{"secret"', "files/x.ndjson: line 2 is not JSON"),
        (b'{"a": NaN}', "files/x.ndjson: line 1 is not JSON"),
        (b'{"a": 1} {"b": 1}', "files/x.ndjson: line 1 is not JSON"),
        (b'{"a": 1}\n{"a": 1, "a": 2}', "files/x.ndjson: line 2 has a field twice"),
        (
            b'{"a": "x"}\n{"a": "\xe9secret"}',
            "files/x.ndjson: line 2 is not UTF-8 text; set 'encoding' to what it is, such as cp1252",
        ),
        (b"[" * 200_000, "files/x.ndjson: line 1 is nested too deeply"),
        (b'[{"secret": 1}]', "files/x.ndjson: line 1 is not a JSON object; NDJSON has one object a line"),
        (
            b'{"a": "\xed\xa0\x80"}',
            "files/x.ndjson: line 1 is not UTF-8 text; set 'encoding' to what it is, such as cp1252",
        ),
        (
            b'{}\n{"a": ["x\\uD83D secret"]}',
            "files/x.ndjson: line 2 holds half a character, as an escape of JSON can",
        ),
        (b'{"\\udc00": 1}', "files/x.ndjson: line 1 holds half a character, as an escape of JSON can"),
        (b'{"a": "' + b"secret\t" * 8_000_000, "files/x.ndjson has a line of more than 50,000,000 bytes"),
        (b"7", "files/x.ndjson: line 1 is not a JSON object; NDJSON has one object a line"),
    ],
)
def test_a_line_that_is_no_json_object_is_refused_by_its_number(
    read: Read, put: Put, text: bytes, message: str
) -> None:
    put("x.ndjson", text)

    with pytest.raises(StepError) as caught:
        read("files/x.ndjson", "ndjson")

    assert str(caught.value) == message


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_carriage_return_ends_a_line_with_a_line_feed_or_without(
    read: Read, put: Put, encoding: str
) -> None:
    put("x.ndjson", b'{"a": 1}\r{"a": 2}\r\n{"a": 3}\n\r{"a": 4}\r\r\n{"a": 5}')
    put("y.ndjson", b'{"a": 1}\r{"a": 2}\r\n{"a":\r3}')

    assert read("files/x.ndjson", "ndjson", encoding=encoding) == [{"a": number} for number in range(1, 6)]
    with pytest.raises(StepError, match="line 3 is not JSON"):
        read("files/y.ndjson", "ndjson", encoding=encoding)


@pytest.mark.parametrize("end", [b"\r", b"\r\n"])
def test_a_line_end_between_two_buffers_is_one(read: Read, put: Put, end: bytes) -> None:
    first = b'{"a": "' + b"x" * (64 * 1024 - 10) + b'"}'
    assert len(first + end[:1]) == 64 * 1024
    put("x.ndjson", first + end + b"7")

    with pytest.raises(StepError, match="line 2 is not a JSON object"):
        read("files/x.ndjson", "ndjson")


@pytest.mark.parametrize("text", [b"", b"\n", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_line_has_no_rows(read: Read, put: Put, text: bytes) -> None:
    put("x.ndjson", text)

    assert read("files/x.ndjson", "ndjson") == []


def test_json_lines_may_be_in_another_encoding(read: Read, put: Put) -> None:
    put("x.ndjson", '{"ä": 0.10}\n\n{"ä": "\\u20ac"}'.encode("latin-1"))

    assert read("files/x.ndjson", "ndjson", encoding="latin-1") == [{"ä": 0.1}, {"ä": "€"}]


def test_a_line_that_is_no_text_of_its_encoding_is_refused_by_its_number(read: Read, put: Put) -> None:
    put("x.ndjson", b'{"a": "\x80"}\n{"a": "\x81"}')

    with pytest.raises(StepError) as caught:
        read("files/x.ndjson", "ndjson", encoding="cp1252")

    assert str(caught.value) == "files/x.ndjson: line 2 is not text in the encoding cp1252"
