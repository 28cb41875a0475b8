"""What of a SQL text is taken, and what of it is left."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.sql_text import SqlTextError, plain_select, plain_sql, sql_tokens

PIECES = (
    *"'\"`\\/*-#{}@%rRbBxn1.;?:$ \t",
    *(
        "\n",
        "\r\n",
        "\r",
        "--",
        "/*",
        "*/",
        "'a'",
        "`b`",
        "r'\\d'",
        "@name",
        "0.5",
        "word",
        "é",
        "\u00a0",
        "\x00",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
LINE_END = re.compile(r"\r\n|\r|\n")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a -- b\nc", "a     \nc"),
        ("a # b\r\nc", "a    \r\nc"),
        ("a /* b\n-- */ c", "a     \n      c"),
        ("2*/* c */3", "2*       3"),
        ("a--b\rc", "a   \rc"),
        ("-- it's {{ open `", " " * 17),
        ("", ""),
    ],
)
def test_a_comment_becomes_spaces(text: str, plain: str) -> None:
    assert plain_sql(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a, COUNT(*) AS n FROM t WHERE b >= @first AND c != 0 GROUP BY a;",
        "'-- # /* {} ?'",
        '"it\'s"',
        r"'it\'s' || 'a\\'",
        r"r'\d+\.\d'",
        r"R'a' || b'\x00' || B'b'",
        "''",
        "'a' 'b'",
        "'na\u00efve \u2019'",
        "`Gr\u00f6\u00dfe (\u20ac)`",
        "`p-q.d.e`",
        "12 + 0.5 - 1e6 * 1.5E-3 / 0xFF % 2",
        "a[OFFSET(0)].b | c & d ^ e",
        "ARRAY<STRUCT<a INT64>>[]",
        "FROM t |> WHERE a",
    ],
)
def test_what_both_read_alike_stays_as_it_is(text: str) -> None:
    assert plain_sql(text) == text


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("a '''b'''", 3, "three quotes"),
        ('a """b"""', 3, "three quotes"),
        ("r'''b'''", 1, "three quotes"),
        ("'''", 1, "three quotes"),
        ("rb'b'", 1, "both together"),
        ("BR'b'", 1, "both together"),
        (r"r'a\''", 1, "no backslash before a quote"),
        (r"r'a\\'", 1, "no backslash before a quote"),
        ('r"a\\\'"', 1, "no backslash before a quote"),
        ("'a''b'", 1, "space after the closing quote"),
        ("'a'b", 1, "space after the closing quote"),
        ("'a'`b`", 1, "space after the closing quote"),
        ("n'a'", 1, "space before the opening quote"),
        ("xr'a'", 1, "space before the opening quote"),
        ("a`b`", 1, "space before the opening quote"),
        ("'open", 1, "not closed on its line"),
        ("'open\n'", 1, "not closed on its line"),
        ("'open\\\n'", 1, "not closed on its line"),
        ("'open\\'", 1, "not closed on its line"),
        (r"`a\`", 1, "without a backslash"),
        ("`a", 1, "not closed on its line"),
        ("`a\n`", 1, "not closed on its line"),
        ("``", 1, "between the backquotes"),
        ("`a``b`", 1, "space after the closing backquote"),
        ("`a\u00a0b`", 1, "letters that can be seen"),
        ("`a\u2028b`", 1, "letters that can be seen"),
        ("/* a", 1, "not closed"),
        ("/* a /* b */ */", 14, "no comment to close"),
        ("@{a=1}", 1, "without hints"),
        ("@ {a=1}", 1, "query parameters"),
        ("@1", 1, "query parameters"),
        ("@`a`", 1, "query parameters"),
        ("@r'a'", 1, "query parameters"),
        ("@@dataset_id", 1, "no system variables"),
        ("a = ?", 5, "query parameters"),
        ("{{ a }}", 1, "braces"),
        ("}", 1, "braces"),
        ("$$a$$", 1, "no meaning"),
        ("a::b", 2, "no meaning"),
        ("~a", 1, "no meaning"),
        (r"\a", 1, "no meaning"),
        ("1_000", 1, "write numbers"),
        ("1.e5", 1, "write numbers"),
        ("0xg", 1, "write numbers"),
        ("1a", 1, "write numbers"),
        ("a.5", 3, "begin with a digit"),
        ("a. /* */ 5", 10, "begin with a digit"),
        ("a\u00a0b", 2, "English letters"),
        ("\u2018a\u2019", 1, "English letters"),
        ("\ufeffa", 1, "English letters"),
        ("gr\u00f6\u00dfe", 3, "English letters"),
        ("'a\x00'", 3, r"U\+0000"),
        ("-- a\x0c", 5, r"U\+000C"),
        ("'\x85'", 2, r"U\+0085"),
        ("'\ud800'", 2, r"U\+D800"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str, column: int, message: str) -> None:
    with pytest.raises(SqlTextError, match=message) as refused:
        plain_sql(f"a\r\n\n{text}")

    assert (refused.value.line, refused.value.column) == (3, column)


def test_a_select_that_goes_into_another_statement_has_no_end_of_its_own() -> None:
    assert plain_select("SELECT 1 ; ; -- what\n") == "SELECT 1"
    assert plain_select("-- why\n\n /* that */ SELECT 1\n") == f"\n\n{' ' * 12}SELECT 1"


@given(TEXTS)
def test_a_plain_text_has_no_comment_and_everything_else_in_its_place(text: str) -> None:
    try:
        plain = plain_sql(text)
    except SqlTextError:
        return

    assert len(plain) == len(text)
    assert LINE_END.findall(plain) == LINE_END.findall(text)
    assert "comment" not in {token.kind for token in sql_tokens(plain)}
    assert plain_sql(plain) == plain


@given(st.text() | TEXTS)
def test_every_text_is_taken_or_refused_at_one_of_its_characters(text: str) -> None:
    refused = None
    try:
        tokens = sql_tokens(text)
    except SqlTextError as error:
        refused, tokens = error, []

    if refused is None:
        assert "".join(token.text for token in tokens) == text
    else:
        line = LINE_END.split(text)[refused.line - 1]
        assert 1 <= refused.column <= len(line)
