"""Parameters in the path of a source: what a pipeline lacks for it, and what can't stand there."""

import pytest

from tests.fakes.acme import FILES
from tests.unit.config.recipes import PIPELINE, SOURCE, problems_of

PARAMETERS = "parameters:\n  days: {type: date_range, default: yesterday}\n"
MORE = """\
  other: {type: date_range, default: yesterday}
  team: {type: string, default: a/b}
  region: {type: enum, values: [eu, "*"], default: eu}
  free: {type: string}
"""
KNOWN = "days, days_end, days_start, free, other, other_end, other_start, region, team"
UNKNOWN = "'day' is not a parameter of this pipeline, or an end of its date range"
TWO_RANGES = (
    "goes through the days of 'days' and of 'other'; a path goes through those of one. "
    "An end of a date range is 'other_start' or 'other_end'"
)
LITERAL = (
    "stands in the path of a source, so it must have a character, not begin with a dot, "
    r"and hold none of / \ * ? [ ] and no control characters"
)


def told(path: str) -> list[str]:
    files = {
        **FILES,
        PIPELINE: FILES[PIPELINE].replace(PARAMETERS, PARAMETERS + MORE),
        SOURCE: f"type: files\nformat: csv\npath: '{path}'\n",
    }
    return problems_of(files)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "{day}/*.csv",
            f"{UNKNOWN}; use one of {KNOWN}. Did you mean 'days'?",
        ),
        ("{free:%Y}.csv", "has a format for 'free', which is no date but of type string"),
        (
            "{days}/{other:%m}/{days_end}/{days:%d}",
            TWO_RANGES,
        ),
        ("{team}.csv", f"'team' may be 'a/b', but {LITERAL}"),
        ("{region}.csv", f"'region' may be '*', but {LITERAL}"),
        (
            "gs://exports-{free}/a.csv",
            "must have no parameter before the first slash: the place is the same in every run",
        ),
        (
            "https://{free}/a.csv",
            "must have no parameter before the first slash: the place is the same in every run",
        ),
        ("x[ab{free}].csv", "has '{free}' in brackets, where each of its characters would stand for itself"),
        ("{free}**/a.csv", "must have '**' alone between slashes: it stands for any number of folders"),
        ("a{days.csv", "has a '{' without its other brace; a brace that is meant is doubled"),
    ],
)
def test_each_mistake_is_told_with_its_place(path: str, said: str) -> None:
    assert told(path) == [f"acme/sources/charges.yml:3:7: path: {said}"]


def test_a_secret_in_an_address_with_parameters_is_seen() -> None:
    (problem,) = told("https://example.com/a?sig={free}")

    assert "'sig' in it is a secret" in problem
