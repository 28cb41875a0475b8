"""Booleans, numbers and lengths of time: what YAML's readers take in two ways, and what no column holds."""

import pytest

from tests.fakes.acme import FILES
from tests.unit.config.recipes import PIPELINE, problems_of

PARAMETERS = "parameters:\n  days: {type: date_range, default: yesterday}\n"
WHERE = "acme/pipelines/demo/cost/chain.yml"


def told(declaration: str) -> list[str]:
    """What is said of a parameter `x`, without the file."""
    text = FILES[PIPELINE].replace(PARAMETERS, f"{PARAMETERS}  x: {{{declaration}}}\n")
    return [problem.removeprefix(f"{WHERE}:3:") for problem in problems_of({**FILES, PIPELINE: text})]


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("no", "false"),
        ("No", "false"),
        ("off", "false"),
        ("n", "false"),
        ("0", "false"),
        ("'false'", "false"),
        ("yes", "true"),
        ("ON", "true"),
        ("1", "true"),
        ('"true"', "true"),
    ],
)
def test_a_word_that_is_a_boolean_to_other_readers_is_refused_with_the_right_one(
    word: str, right: str
) -> None:
    shown = word if word.isdigit() else f"'{word.strip(chr(39) + chr(34))}'"

    assert told(f"type: boolean, default: {word}") == [
        f"31: parameters.x.default: must be true or false, is {shown}; write {right}"
    ]


@pytest.mark.parametrize(
    ("declaration", "problem"),
    [
        ("type: boolean, default: maybe", "31: parameters.x.default: must be true or false, is 'maybe'"),
        ("type: integer, default: true", "31: parameters.x.default: must be a whole number, is true"),
        ("type: integer, default: 1.5", "31: parameters.x.default: must be a whole number, is 1.5"),
        (
            "type: integer, default: 9223372036854775808",
            "31: parameters.x.default: must be 9223372036854775807 or less, is 9223372036854775808",
        ),
        (
            "type: integer, minimum: -9223372036854775809, default: 1",
            "31: parameters.x.minimum: must be -9223372036854775808 or more, is -9223372036854775809",
        ),
        (
            "type: integer, default: 123456789012345678901234567890123456789",
            "31: parameters.x.default: a number can have at most 38 digits; a text needs quotes",
        ),
        ("type: number, default: 1e400", "30: parameters.x.default: '1e400' is too large a number"),
        ("type: number, default: .inf", "30: parameters.x.default: '.inf' is not a number that can be used"),
        (
            "type: number, default: 1e30",
            "30: parameters.x.default: must have at most 29 digits before the point",
        ),
    ],
)
def test_a_number_that_no_column_holds_is_refused(declaration: str, problem: str) -> None:
    assert told(declaration) == [problem]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("timeout: 99999999s", "timeout: must be at most 24h"),
        ("timeout: 25h", "timeout: must be at most 24h"),
        ("timeout: 0s", "timeout: must be a duration such as 90s, 30m or 6h"),
        ("timeout: 1.5h", "timeout: must be a duration such as 90s, 30m or 6h"),
        ("timeout: 3600", "timeout: must be text, is 3600; write it in quotes"),
        ("timeout: ٣m", "timeout: must be a duration such as 90s, 30m or 6h"),
    ],
)
def test_a_length_of_time_is_at_most_a_day(line: str, problem: str) -> None:
    assert problems_of({**FILES, PIPELINE: f"{line}\n{FILES[PIPELINE]}"}) == [f"{WHERE}:1:10: {problem}"]


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        ("concurrent_runs: 1001", "27: limits.concurrent_runs: must be 1000 or less, is 1001"),
        ("concurrent_runs: true", "27: limits.concurrent_runs: must be a whole number, is true"),
        ("concurrent_runs: '5'", "27: limits.concurrent_runs: must be a whole number, is '5'"),
        (
            "bytes_billed_per_job: 99999999999999999999",
            "32: limits.bytes_billed_per_job: must be 9223372036854775807 or less, is 99999999999999999999",
        ),
    ],
)
def test_a_tenants_limits_are_numbers_that_there_are(limits: str, problem: str) -> None:
    files = {**FILES, "acme/tenant.yml": f"display_name: Acme\nlimits: {{{limits}}}\n"}

    assert problems_of(files) == [f"acme/tenant.yml:2:{problem}"]


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("type: row_count, minimum: true", "minimum: must be a whole number, is true"),
        (
            "type: range, column: data.day, minimum: true",
            "minimum: must be text or a whole number or a number, is true",
        ),
        (
            "type: row_count, maximum: 9223372036854775808",
            "maximum: must be 9223372036854775807 or less, is 9223372036854775808",
        ),
        ("type: row_count, minimum: 1, max_failures: 1.5", "max_failures: must be a whole number, is 1.5"),
        (
            "type: freshness, column: data.day, max_age_hours: 99999999999999999999",
            "max_age_hours: must be 9223372036854775807 or less, is 99999999999999999999",
        ),
        (
            "type: not_null, column: data.day, optional: yes",
            "optional: must be true or false, is 'yes'; write true",
        ),
    ],
)
def test_a_rules_numbers_and_booleans_are_what_they_say(rule: str, problem: str) -> None:
    files = {**FILES, "acme/dq_rules/quality.yml": f"rules:\n  - {{id: x, {rule}}}\n"}

    assert [each.partition("rules[0].")[2] for each in problems_of(files)] == [problem]
