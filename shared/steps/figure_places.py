"""What the figures of a dq step's rules are of, by which they find those of earlier runs."""

from shared.domain.definition import definition_hash
from shared.domain.plan import Plan, PlannedDq
from shared.domain.rule_figure import FigurePlace, range_of
from shared.domain.rules.compiled_rule import CompiledRule
from shared.steps.attempt import Attempt

_DAYS = ("date", "date_range")


def place_of(rule: CompiledRule, step: PlannedDq, attempt: Attempt) -> FigurePlace | None:
    """Where the figure of a rule stands; None where it records none."""
    if not rule.recorded:
        return None
    plan = attempt.plan
    what = (step.id, rule.rule.type, *rule.recorded)
    return FigurePlace(
        run_ids=frozenset({attempt.run_id, attempt.rows_of}),
        rule_id=rule.rule.id,
        of=figure_of(step, plan, what=what),
        days=days_of(step, plan),
    )


def days_of(step: PlannedDq, plan: Plan) -> str | None:
    """The days that the step is about: those of its window, or of the run's only parameter that says days."""
    days = {
        value.name: value.text if value.type == "date_range" else f"{value.text}/{value.text}"
        for value in plan.parameters
        if value.type in _DAYS
    }
    if step.window is not None:
        return days.get(step.window.parameter)
    return next(iter(days.values())) if len(days) == 1 else None


def figure_of(step: PlannedDq, plan: Plan, *, what: tuple[str, ...]) -> str:
    """The same for figures that can be held against each other.

    They are of the same table, scope and window, of as many days, and of runs with the same values of all parameters
    but for those that say days.
    """
    days = days_of(step, plan)
    window = None if step.window is None else step.window.model_dump(mode="json")
    others = [(value.name, value.text) for value in plan.parameters if value.type not in _DAYS]
    length = None if days is None else len(list(range_of(days).days()))
    return definition_hash([step.table.name, step.scope, window, sorted(others), length, *what])
