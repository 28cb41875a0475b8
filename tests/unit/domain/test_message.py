"""Lists and texts of any length, cut to what a person reads, and the word that was meant."""

from datetime import date

import pytest

from shared.config.kinds import UNKNOWN_WORD
from shared.config.problem import ConfigProblem
from shared.domain.errors import InvalidError
from shared.domain.event import StepFailed
from shared.domain.fold import fold
from shared.domain.message import LONGEST_MESSAGE, listed, nearest, shortened
from shared.domain.parameter import BooleanParameter, resolve_parameters
from tests.unit.domain.histories import of_step, plan_of, queued


def test_a_short_list_is_told_whole() -> None:
    assert listed(["a", "b", "c"]) == "a, b, c"
    assert listed(["a"]) == "a"
    assert listed([]) == ""


def test_of_a_long_list_the_first_are_told_and_how_many_there_are_besides() -> None:
    columns = [f"column_with_a_long_name_{number:05d}" for number in range(5000)]

    text = listed(columns)

    assert text.startswith("column_with_a_long_name_00000, column_with_a_long_name_00001, ")
    assert text.endswith("column_with_a_long_name_00008 and 4,991 more")
    assert len(text) < 320


def test_sentences_are_listed_by_another_sign() -> None:
    assert listed(["a: no", "b: no", "c: no"], separator="; ", longest=14) == "a: no; b: no and 1 more"


def test_one_word_is_told_whatever_its_length_but_not_all_of_it() -> None:
    assert listed(["x" * 500, "y"], longest=20) == "x" * 99 + "… and 1 more"


def test_a_text_is_cut_to_the_length_of_a_message() -> None:
    assert LONGEST_MESSAGE == 1000
    assert shortened("x" * 1000) == "x" * 1000
    assert shortened("x" * 1001) == "x" * 999 + "…"


def test_no_error_of_a_step_or_a_run_is_longer_than_a_message() -> None:
    step = "s" * 100
    failed = StepFailed.model_validate(
        {**of_step(1, seconds=1), "step_id": step, "error_message": "x" * 9000}
    )
    plan = plan_of(())
    renamed = plan.model_copy(update={"steps": (plan.steps[0].model_copy(update={"id": step}),)})

    run = fold([queued().model_copy(update={"plan": renamed}), failed])

    assert run is not None
    assert run.error_message == f"{step}: {'x' * 897}…"
    assert len(run.error_message) == LONGEST_MESSAGE


def test_no_problem_of_a_file_is_longer_than_a_message() -> None:
    problem = ConfigProblem(
        "a.yml", 1, 1, "steps", "x" * 5000, tuple(f"word_{n}" for n in range(5000)), kind=UNKNOWN_WORD
    )

    assert len(problem.detail) == LONGEST_MESSAGE


def test_a_pipeline_with_many_parameters_does_not_tell_all_of_them() -> None:
    declared = {f"parameter_{n:04d}": BooleanParameter(type="boolean", default=True) for n in range(2000)}

    with pytest.raises(InvalidError) as caught:
        resolve_parameters({**declared}, {"days": 1}, today=date(2025, 11, 15))

    assert caught.value.problems[0].detail.endswith("parameter_0017 and 1,982 more")


def test_the_nearest_word_is_found_whatever_its_case() -> None:
    assert nearest("Apend", ["replace", "append"]) == "append"
    assert nearest("ERORR", ["error", "warn"]) == "error"


def test_a_word_that_is_near_to_nothing_has_no_nearest() -> None:
    assert nearest("banana", ["append", "replace"]) is None
