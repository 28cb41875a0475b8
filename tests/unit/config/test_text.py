"""A configuration file's bytes."""

import pytest

from shared.config.text import Unreadable, text_of


@pytest.mark.parametrize("text", ["", "a: 1\n", "name: Café\n", "a: 🙂\r\n"])
def test_utf_8_is_text(text: str) -> None:
    assert text_of(text.encode()) == text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            b"name: a\nvalues: [Caf\xe9]\n",
            Unreadable("is not UTF-8: the byte 0xE9 can't be read; save it as UTF-8", 2, 13),
        ),
        # Columns are characters: the two bytes before it are one.
        (
            "é: ".encode() + b"\xff",
            Unreadable("is not UTF-8: the byte 0xFF can't be read; save it as UTF-8", 1, 4),
        ),
        (b"\xe2\x82", Unreadable("is not UTF-8: the byte 0xE2 can't be read; save it as UTF-8", 1, 1)),
        (b"\xef\xbb\xbfa: 1\n", Unreadable("begins with a byte-order mark; save it as UTF-8 without one")),
        ("a: 1\n".encode("utf-16"), Unreadable("is UTF-16; save it as UTF-8")),
        (b"\xfe\xff\x00a", Unreadable("is UTF-16; save it as UTF-8")),
        (b"a" * 4_000_001, Unreadable("is longer than 1,000,000 characters")),
    ],
)
def test_anything_else_is_told_where_it_stands(raw: bytes, expected: Unreadable) -> None:
    assert text_of(raw) == expected
