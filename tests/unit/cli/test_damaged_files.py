"""Whatever becomes of files that are right, `convergence validate` tells problems and never fails itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.problem_formats import github_text, json_text, sarif_text
from cli.problem_text import problem_text
from shared.config.kinds import KINDS
from tests.fakes.configs import MemoryFolder
from tests.unit.cli.mistake_cases import TENANT, problems_of

_OTHERS = ("3", "true", "null", "[]", "{}", "''", "x", '"', "- a", "é\t日", "@x", "2025-11-01", "-1e999", "~")
_FILES = sorted(path for path in TENANT if not path.endswith(".csv"))


def _without(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], *lines[at + 1 :]]


def _twice(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[: at + 1], *lines[at:]]


def _deeper(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], f" {lines[at]}", *lines[at + 1 :]]


def _flatter(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], lines[at].removeprefix(" "), *lines[at + 1 :]]


def _with_tab(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], f"\t{lines[at]}", *lines[at + 1 :]]


def _with_other_key(lines: list[str], at: int, word: str) -> list[str]:
    return [*lines[:at], lines[at].replace("e", word, 1), *lines[at + 1 :]]


def _with_other_value(lines: list[str], at: int, word: str) -> list[str]:
    key, colon, _value = lines[at].partition(": ")
    return [*lines[:at], f"{key}{colon}{word}", *lines[at + 1 :]]


def _cut(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], lines[at][: len(lines[at]) // 2]]


def _swapped(lines: list[str], at: int, _: str) -> list[str]:
    return [*lines[:at], lines[-1], *lines[at + 1 : -1], lines[at]]


_DAMAGES = (
    _without, _twice, _deeper, _flatter, _with_tab, _with_other_key, _with_other_value, _cut, _swapped,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_files_have_problems_at_places_that_there_are(data: st.DataObject) -> None:
    files = dict(TENANT)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_FILES))
        lines = files[path].split("\n")
        damage, at = data.draw(st.sampled_from(_DAMAGES)), data.draw(st.integers(0, len(lines) - 1))
        files[path] = "\n".join(damage(lines, at, data.draw(st.sampled_from(_OTHERS))))

    problems = problems_of(files)

    folder = MemoryFolder(files)
    for problem in problems:
        text = folder.read(problem.file.removeprefix("configs/"))
        lines = text.split("\n") if isinstance(text, str) else [""]
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.code in KINDS
        assert "\n" not in problem.detail
        assert problem_text(problem, read=folder.read)
    assert json_text(problems)
    assert sarif_text(problems)
    assert github_text(problems).count("\n") == max(len(problems) - 1, 0)
