"""How problems are written and ordered."""

from shared.config.kinds import MISSING_KEY, UNKNOWN_WORD
from shared.config.problem import ConfigError, ConfigProblem
from shared.domain.errors import InvalidError


def test_a_problem_reads_as_place_path_and_what_would_be_right() -> None:
    problem = ConfigProblem(
        "export.yml",
        12,
        9,
        "steps[1].mode",
        "'apend' is not allowed",
        ("append", "merge"),
        "append",
        kind=UNKNOWN_WORD,
    )

    assert str(problem) == (
        "export.yml:12:9: steps[1].mode: 'apend' is not allowed; use one of append, merge. Did you mean 'append'?"
    )  # fmt: skip
    assert problem.pointer == "export.yml:12:9"


def test_a_problem_of_a_whole_file_has_no_path() -> None:
    assert (
        str(ConfigProblem("export.yml", 1, 1, "", "is empty", kind=MISSING_KEY)) == "export.yml:1:1: is empty"
    )


def test_a_single_allowed_word_is_named_alone() -> None:
    assert (
        ConfigProblem("e.yml", 1, 1, "a", "'x' is not allowed", ("y",), kind=UNKNOWN_WORD).detail
        == "a: 'x' is not allowed; use y"
    )


def test_an_error_holds_its_problems_in_the_order_of_file_and_place() -> None:
    later = ConfigProblem("b.yml", 2, 1, "", "second", kind=MISSING_KEY)
    earlier = ConfigProblem("a.yml", 10, 1, "", "first", kind=MISSING_KEY)

    error = ConfigError([later, earlier])

    assert isinstance(error, InvalidError)
    assert error.problems == (earlier, later)
    assert str(error) == "a.yml:10:1: first\nb.yml:2:1: second"
