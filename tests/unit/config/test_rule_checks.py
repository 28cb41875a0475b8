"""What is said about rules."""

import pytest

from shared.config.pattern import pattern_problem
from shared.config.recipe import load_recipe
from tests.fakes.acme import CHAIN
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import PIPELINE, RULES, SOURCE, changed, problems_of

SCHEMA = (
    "name: typed\ncolumns: [{name: run_id, type: STRING}, {name: units, type: INTEGER}, {name: paid, type: BOOLEAN},"
    " {name: day, type: DATE}, {name: data, type: JSON}]\n"
)
HOW = (
    "must be names with dots between them, each of letters, digits and underscores and not beginning with a digit, "
    "or else in double quotes"
)


def ruled(rule: str) -> dict[str, str]:
    """The tenant's files with another second rule, over a table of its own."""
    files = changed(PIPELINE, "    table: raw_data\n", "    table: typed\n")
    return {**files, "acme/schemas/typed.yml": SCHEMA, RULES: f"rules:\n  - {{id: x, {rule}}}\n"}


@pytest.mark.parametrize(
    "column",
    [
        """data.invoice.month""",
        """data."invoice.month\"""",
        """data."lineItem/UnblendedCost\"""",
        """'data."a, b: {c}"'""",
        r"""'data."a\"b\\c".d'""",
        """data."größe".x""",
    ],
)
def test_a_field_of_any_name_can_be_named(column: str) -> None:
    files = ruled(f"type: not_null, column: {column}, as: number")

    assert load_recipe(MemoryFolder(files), CHAIN).rule_sets["quality"].rules[0].id == "x"


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("data.lineItem/UnblendedCost", 'data."lineItem/UnblendedCost"'),
        ("'data.`lineItem/UnblendedCost`'", 'data."lineItem/UnblendedCost"'),
        ("data.usage start", 'data."usage start"'),
        ("""'data["a.b"]'""", 'data."a.b"'),
    ],
)
def test_a_name_without_its_quotes_is_refused_with_the_way_to_write_it(column: str, meant: str) -> None:
    assert problems_of(ruled(f"type: not_null, column: {column}")) == [
        f"{RULES}:2:37: rules[0].column: {HOW}. Did you mean {meant}?"
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "type: not_null, column: units, as: date",
            ("37: rules[0].column: 'units' is INTEGER, which can't be read as date; "
            "use one of string, integer, number, boolean"),
        ),
        (
            "type: unique, columns: [run_id, day], as: number",
            ("45: rules[0].columns[1]: 'day' is DATE, which can't be read as number; "
            "use one of string, date, timestamp"),
        ),
        (
            "type: freshness, column: paid, max_age_hours: 1",
            ("38: rules[0].column: 'paid' is BOOLEAN, which can't be read as timestamp; "
            "use one of string, integer, boolean"),
        ),
        (
            "type: regex, column: run_id, pattern: '[0-9'",
            "51: rules[0].pattern: is no regular expression of RE2: missing ]: [0-9",
        ),
        (
            "type: regex, column: run_id, pattern: '(?=a)'",
            "51: rules[0].pattern: is no regular expression of RE2: invalid perl operator: (?=",
        ),
        (
            "type: accepted_values, column: units, values: [one], as: integer",
            "5: rules[0]: 'one' can't be read as integer",
        ),
    ],
)  # fmt: skip
def test_what_could_never_be_evaluated_is_refused(rule: str, expected: str) -> None:
    assert problems_of(ruled(rule)) == [f"{RULES}:2:{expected}"]


@pytest.mark.parametrize(
    "pattern", ["^[0-9]{6}$", r"\p{Greek}", "(?i)a|b", "(?P<year>[0-9]+)", "é🙂", "a{1000}"]
)
def test_what_re2_reads_is_a_pattern(pattern: str) -> None:
    assert pattern_problem(pattern) is None


@pytest.mark.parametrize("pattern", ["(?!a)", r"\1", "a{1001}", "a**", "*", "(", r"a\Z", "\ud800"])
def test_what_only_other_engines_read_is_none(pattern: str) -> None:
    assert str(pattern_problem(pattern)).startswith("is no regular expression of RE2: ")


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("usage_day", None),
        ("'\"usage day\"'", None),
        ("invoice.month", None),
        ("'\"a/b\"'", "3:18: window.column: 'a/b' can't be the name of a column of BigQuery"),
    ],
)
def test_a_sources_window_goes_by_a_column_that_there_can_be(column: str, expected: str | None) -> None:
    text = f"type: bigquery\ntable: billing.export\nwindow: {{column: {column}, parameter: days}}\n"
    files = {**changed(RULES, "data.cost", "data.cost"), SOURCE: text}

    if expected is None:
        assert load_recipe(MemoryFolder(files), CHAIN).sources
    else:
        assert problems_of(files) == [f"{SOURCE}:{expected}"]
