"""What parse_document makes of YAML."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shared.config.document import Location, parse_document
from shared.config.position import Position
from shared.config.problem import ConfigError, ConfigProblem


def problems_of(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_document(text, file="export.yml")
    return [str(problem).removeprefix("export.yml:") for problem in caught.value.problems]


def test_values_and_the_positions_of_keys_and_items_are_read() -> None:
    text = "steps:\n  - id: load\n    tables: [a, b]\n  - check\n"

    document = parse_document(text, file="export.yml")

    assert document.value == {"steps": [{"id": "load", "tables": ["a", "b"]}, "check"]}
    assert document.positions == {
        (): Position(1, 1),
        ("steps",): Position(1, 1),
        ("steps", 0): Position(2, 5),
        ("steps", 0, "id"): Position(2, 5),
        ("steps", 0, "tables"): Position(3, 5),
        ("steps", 0, "tables", 0): Position(3, 14),
        ("steps", 0, "tables", 1): Position(3, 17),
        ("steps", 1): Position(4, 5),
    }
    assert document.value_position(("steps", 0, "id")) == Position(2, 9)
    assert document.value_position(("steps", 0, "tables")) == Position(3, 5)
    ends = {location: document.end_column(location) for location in document.positions}
    assert ends == {
        (): None,
        ("steps",): 6,
        ("steps", 0): None,
        ("steps", 0, "id"): 13,
        ("steps", 0, "tables"): 11,
        ("steps", 0, "tables", 0): 15,
        ("steps", 0, "tables", 1): 18,
        ("steps", 1): 10,
    }


def test_a_location_that_is_not_there_is_at_what_is_around_it() -> None:
    document = parse_document("steps:\n  - id: load\n", file="export.yml")

    assert document.position(("steps", 0, "destination", "mode")) == Position(2, 5)
    assert document.position(("schedule",)) == Position(1, 1)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("False", False),
        ("on", "on"),
        ("no", "no"),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("1.50", 1.5),
        ("8e-07", 8e-07),
        (".5", 0.5),
        ("e5", "e5"),
        (".", "."),
        ("2025-11-01", "2025-11-01"),
        ("'12'", "12"),
        ('"true"', "true"),
    ],
)
def test_a_word_is_a_number_or_a_boolean_only_where_nobody_could_doubt_it(word: str, value: object) -> None:
    document = parse_document(f"key: {word}\n", file="export.yml")

    assert isinstance(document.value, dict)
    assert document.value == {"key": value}
    assert type(document.value["key"]) is type(value)


def test_on_is_a_key_like_any_other() -> None:
    assert parse_document("on: push\n", file="export.yml").value == {"on": "push"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c", "1:5: is not valid YAML: a ':' is not expected here; text that holds ': ' needs quotes"),
        (
            "steps:\n  - id: load\n    source: charges\n      destination: {table: x}\n",
            (
                "4:7: is not valid YAML: 'destination' is indented deeper than 'source', which has a value already; "
                "begin it in column 5"
            ),
        ),
        (
            "- id: load\n    type: x\n",
            (
                "2:5: is not valid YAML: 'type' is indented deeper than 'id', which has a value already; "
                "begin it in column 3"
            ),
        ),
        ("a:\n  b: 1\nc: d: e",
         "3:5: is not valid YAML: a ':' is not expected here; text that holds ': ' needs quotes"),
        ("a:\n\t- b", "2:1: is not valid YAML: a tab is used for indentation; use spaces"),
        ("a:\n  - x\n b: 1", "3:2: is not valid YAML: the indentation does not fit the lines above"),
        ("a: [1, 2", "1:4: is not valid YAML: the closing ']' is missing"),
        ("a: 'x", "1:4: is not valid YAML: a quote is opened here and never closed"),
        ("a: @x", "1:4: is not valid YAML: text can't begin with '@'; write it in quotes"),
        ("a: x\nb: \x07", "2:4: holds the unprintable character U+0007"),
        ("", "1:1: is empty; it must be a mapping (key: value)"),
        ("# nothing yet\n", "1:1: is empty; it must be a mapping (key: value)"),
        ("- a", "1:1: must be a mapping (key: value) at the top"),
        ("---\na: 1\n---\nb: 1", "3:1: holds a second document; one file holds one"),
        ("a: .nan", "1:4: a: '.nan' is not a number that can be used"),
        ("a: 1e999", "1:4: a: '1e999' is too large a number"),
        ("a: " + "9" * 5000, "1:4: a: a number can have at most 38 digits; a text needs quotes"),
        ("a: !!python/name:os.x x", "1:4: a: the tag '!!python/name:os.x' is not allowed; quotes make a text"),
        ("true: x", "1:1: the key 'true' must be text; write it in quotes"),
        ("a:\n  1: x", "2:3: a: the key '1' must be text; write it in quotes"),
        ("[a, b]: x", "1:1: the key must be text; write it in quotes"),
        ('a: 1\nb: "\\U00110000"', "2:5: holds '\\U00110000', which is no character"),
        ('a: "\\UFFFFFFFF"', "1:5: holds '\\UFFFFFFFF', which is no character"),
        ('a: "\\ud83d\\ude42"', "1:4: a: holds half a character; write the character itself, not its two escapes"),
        ('"\\ud800": 1', "1:1: ?: holds half a character; write the character itself, not its two escapes"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_place(text: str, expected: str) -> None:
    assert problems_of(text) == [expected]


def test_both_places_of_a_duplicate_key_are_named() -> None:
    assert problems_of("a: 1\nb:\n  c: 1\n  c: 2\n") == [
        "4:3: b.c: 'c' is here twice; the first is at line 3, column 3"
    ]


def test_the_first_of_many_equal_keys_is_named_each_time() -> None:
    assert problems_of("a: 1\na: 2\na: 3\n") == [
        "2:1: a: 'a' is here twice; the first is at line 1, column 1",
        "3:1: a: 'a' is here twice; the first is at line 1, column 1",
    ]


def test_all_problems_of_a_text_are_reported_in_the_order_of_its_lines() -> None:
    assert problems_of("a: 1\na: .inf\nb: !x 1\nc: &d 2\ne: *d\nf: [\n") == [
        "2:1: a: 'a' is here twice; the first is at line 1, column 1",
        "2:4: a: '.inf' is not a number that can be used",
        "3:4: b: the tag '!x' is not allowed; quotes make a text",
        "4:4: c: the anchor '&d' is not allowed; write the value out",
        "5:4: e: the alias '*d' is not allowed; write the value out",
        "7:1: is not valid YAML: a bracket is opened here and never closed",
    ]


def test_aliases_that_would_multiply_are_never_followed() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 30)]

    problems = problems_of("\n".join(lines))

    assert len(problems) == 30 + 29 * 9


@pytest.mark.parametrize("text", ["a: " + "[" * 5000, "a: " + "{a: " * 5000, "a: " + "{[a, {" * 2000])
def test_deep_nesting_is_refused(text: str) -> None:
    (problem,) = problems_of(text)

    assert "nested more than 40 levels deep" in problem


def test_a_very_long_text_is_refused_unread() -> None:
    assert problems_of("a" * 1_000_001) == ["1:1: is longer than 1,000,000 characters"]


# The dumper leaves 1e5 without quotes, a text to YAML 1.1 and a number here.
texts = st.text(max_size=10).filter(lambda text: not re.match(r"[-+]?\.?[0-9]", text))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), texts),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=15,
)


def locations_of(value: object, location: Location = ()) -> list[tuple[Location, object]]:
    """Every location below `value`, with the key or the item that begins there."""
    found: list[tuple[Location, object]] = []
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, item in parts:
        place = (*location, part)
        found.append((place, part if isinstance(value, dict) else item))
        found += locations_of(item, place)
    return found


@given(document=st.dictionaries(texts, values, min_size=1, max_size=4), flow=st.booleans())
def test_every_key_and_item_begins_where_its_position_says(document: dict[str, object], flow: bool) -> None:
    text = yaml.safe_dump(document, default_flow_style=flow, sort_keys=False, width=10_000)

    parsed = parse_document(text, file="export.yml")

    assert parsed.value == document
    lines = text.splitlines()
    for location, begun in locations_of(document):
        at = parsed.positions[location]
        rest = lines[at.line - 1][at.column - 1 :]
        assert rest, f"{location} is outside the text"
        assert begins_with(rest, begun)


def begins_with(rest: str, begun: object) -> bool:
    """Whether what YAML reads from `rest` on starts with `begun`: a scalar as it is dumped, or a collection."""
    if isinstance(begun, dict):
        return not begun or begins_with(rest.lstrip("{ ").removeprefix("? "), next(iter(begun)))
    if isinstance(begun, list):
        return rest[0] in "[-"
    word = {"None": "null", "True": "true", "False": "false"}.get(repr(begun), str(begun))
    return rest.startswith((word, "'", '"'))


@given(text=st.text(alphabet="ab: -[]{},\n\t#'\"&*!|>%@`?~.0e<=\ufeff\x85\x00é", max_size=40))
def test_any_text_is_a_document_or_is_explained(text: str) -> None:
    problems: tuple[ConfigProblem, ...] = ()
    value: object = None
    try:
        value = parse_document(text, file="export.yml").value
    except ConfigError as error:
        problems = error.problems

    assert bool(problems) != isinstance(value, dict)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
