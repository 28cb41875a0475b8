"""From recipes to plans."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.config.recipe import load_recipe
from shared.domain.errors import InvalidError
from shared.domain.pipeline import Address, DqStep, Step, duration_seconds, require_timeout
from shared.domain.plan import Plan, PlannedDq, PlannedIngest, PlannedTransform
from shared.domain.planning import circles, needs_of, plan, require_step
from shared.domain.source import FilesSource
from tests.fakes.acme import CHAIN, FILES, GRAPH
from tests.fakes.configs import MemoryFolder
from tests.unit.domain.histories import DIAMOND, plan_of

TODAY = date(2025, 11, 15)


def steps_of(**needs: tuple[str, ...] | None) -> tuple[Step, ...]:
    return tuple(
        DqStep(id=name, needs=needed, type="dq", table="raw_data", rules="quality")
        for name, needed in needs.items()
    )


def test_steps_form_a_chain_unless_they_say_otherwise() -> None:
    steps = steps_of(a=None, b=None, c=(), d=("a", "c"), e=None)

    assert [needs_of(steps, index) for index in range(5)] == [(), ("a",), (), ("a", "c"), ("d",)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (steps_of(a=None, b=None), ()),
        (steps_of(a=("b",), b=("a",)), (("a", "b"),)),
        (steps_of(a=("a",)), (("a",),)),
        (steps_of(a=("c",), b=("a",), c=("b",), d=()), (("a", "c", "b"),)),
        (steps_of(a=(), b=("a",), c=("a",), d=("b", "c")), ()),
        (steps_of(a=("nobody",)), ()),
        (steps_of(a=("b",), b=("a",), c=("b",)), (("a", "b"),)),
        (steps_of(a=("b",), b=("a",), c=("d",), d=("c",)), (("a", "b"), ("c", "d"))),
    ],
)
def test_steps_that_wait_for_each_other_are_found(
    steps: tuple[Step, ...], expected: tuple[tuple[str, ...], ...]
) -> None:
    assert circles(steps) == expected


@given(data=st.data(), size=st.integers(1, 6))
def test_steps_that_need_only_earlier_ones_never_wait_for_each_other(data: st.DataObject, size: int) -> None:
    needs = {
        f"s{number}": tuple(
            f"s{need}" for need in data.draw(st.sets(st.integers(0, number - 1), max_size=2)) if number
        )
        if number
        else ()
        for number in range(size)
    }

    assert circles(steps_of(**needs)) == ()


@pytest.mark.parametrize("address", [CHAIN, GRAPH])
def test_the_same_recipe_makes_the_same_plan(address: Address) -> None:
    folder = MemoryFolder(FILES)

    first = plan(load_recipe(folder, address), {}, today=TODAY)

    assert plan(load_recipe(folder, address), {}, today=TODAY) == first
    assert type(first).model_validate_json(first.model_dump_json()) == first


def test_a_plan_spells_everything_out() -> None:
    made = plan(load_recipe(MemoryFolder(FILES), CHAIN), {"days": "last_7_days"}, today=TODAY)

    assert [(step.number, step.id, step.type, step.needs) for step in made.steps] == [
        (1, "ingest_charges", "ingest", ()),
        (2, "check", "dq", ("ingest_charges",)),
        (3, "daily", "transform", ("check",)),
    ]
    ingest, check, transform = made.steps
    assert isinstance(ingest, PlannedIngest)
    assert isinstance(ingest.source, FilesSource)
    assert ingest.source.path == "charges.csv"
    assert isinstance(check, PlannedDq)
    assert [rule.id for rule in check.rules] == ["has_rows", "has_cost"]
    assert isinstance(transform, PlannedTransform)
    assert transform.sql.startswith("SELECT CURRENT_DATE()")
    assert made.parameters[0].text == "2025-11-08/2025-11-14"
    assert (made.location, made.timeout_seconds) == ("US", 3600)


def test_a_value_that_would_lead_elsewhere_is_refused_before_a_run_is_accepted() -> None:
    pipeline = "acme/pipelines/demo/cost/chain.yml"
    files = {
        **FILES,
        pipeline: FILES[pipeline].replace("parameters:\n", "parameters:\n  team: {type: string}\n"),
        "acme/sources/charges.yml": "type: files\nformat: csv\npath: 'files/{team}/{days:%Y/%m}/*.csv'\n",
    }
    recipe = load_recipe(MemoryFolder(files), CHAIN)

    with pytest.raises(InvalidError) as caught:
        plan(recipe, {"team": ".."}, today=TODAY)

    assert [(each.pointer, each.detail[:40]) for each in caught.value.problems] == [
        ("/parameters/team", "stands in the path of a source, so it mu")
    ]
    (step, *_) = plan(recipe, {"team": "ops"}, today=TODAY).steps
    assert isinstance(step, PlannedIngest)
    assert isinstance(step.source, FilesSource)
    assert step.source.path == "files/{team}/{days:%Y/%m}/*.csv"


@pytest.mark.parametrize(
    ("plan_", "step_id", "expected"),
    [
        (plan_of((), (1,), (2,)), "step_1", ["step_2", "step_3"]),
        (plan_of((), (1,), (2,)), "step_3", []),
        (DIAMOND, "step_1", ["step_2", "step_3", "step_4"]),
        (DIAMOND, "step_2", ["step_4"]),
        (DIAMOND, "nobody", []),
    ],
)
def test_all_dependents_are_found_through_others_too(plan_: Plan, step_id: str, expected: list[str]) -> None:
    assert [step.id for step in plan_.all_dependents(step_id)] == expected


def test_a_step_that_the_plan_lacks_is_named() -> None:
    with pytest.raises(InvalidError, match=r"^The plan has no step 'none'$"):
        require_step(DIAMOND.step("none"), "none")


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("6h", 21600), ("24h", 86400)])
def test_durations_are_seconds_minutes_or_hours(text: str, seconds: int) -> None:
    assert duration_seconds(require_timeout(text)) == seconds


@pytest.mark.parametrize("text", ["", "30", "m", "0m", "1.5h", "-1h", "1d", " 1h", "25h", "9999999h"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        require_timeout(text)
