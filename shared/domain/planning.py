"""From a recipe and parameters to a plan."""

from datetime import date
from typing import TypedDict

from pydantic import JsonValue

from shared.domain.errors import FieldProblem, InvalidError, json_pointer
from shared.domain.event import StepFailed, StepRetried
from shared.domain.parameter import ParameterValue, resolve_parameters
from shared.domain.path_template import UnfitError, parse_path_template
from shared.domain.pipeline import DqStep, IngestStep, Recipe, Step, TransformStep, duration_seconds
from shared.domain.plan import Plan, PlannedDq, PlannedIngest, PlannedStep, PlannedTransform
from shared.domain.retry import MOST_ATTEMPTS, Retry
from shared.domain.run import Run
from shared.domain.tables_read import unplanned_tables


def plan(recipe: Recipe, parameters: dict[str, JsonValue], *, today: date) -> Plan:
    """What a run of the recipe will do.

    The recipe is whole: `shared.config` has seen to it that every name in it is known and that needs have no
    cycle. Raises InvalidError for parameters that are undeclared, missing or of the wrong type.
    """
    values = resolve_parameters(recipe.pipeline.parameters, parameters, today=today)
    steps = recipe.pipeline.steps
    planned = tuple(
        _planned(step, recipe, number=number, needs=needs_of(steps, number - 1))
        for number, step in enumerate(steps, start=1)
    )
    _require_paths(planned, values)
    return Plan(
        tenant_id=recipe.address.tenant_id,
        pipeline_id=recipe.address.pipeline_id,
        location=recipe.tenant.location,
        timeout_seconds=duration_seconds(recipe.pipeline.timeout),
        max_bytes_billed=recipe.tenant.limits.bytes_billed_per_job,
        bytes_billed_per_run=recipe.pipeline.bytes_billed_per_run,
        bytes_billed_per_day=recipe.tenant.limits.bytes_billed_per_day,
        estimates=recipe.tenant.limits.estimate,
        concurrent_runs=recipe.tenant.limits.concurrent_runs,
        parameters=values,
        steps=planned,
        tables=unplanned_tables(planned, recipe.tables.values()),
    )


def _require_paths(steps: tuple[PlannedStep, ...], values: tuple[ParameterValue, ...]) -> None:
    """Raise InvalidError for a parameter that can't stand in the path of a source."""
    paths = {step.source.needs.path for step in steps if isinstance(step, PlannedIngest)}
    for path in filter(None, paths):
        try:
            parse_path_template(path).paths(values)
        except UnfitError as error:
            problem = FieldProblem(json_pointer("parameters", error.parameter), str(error))
            raise InvalidError(
                "The parameters are wrong", code="invalid_parameters", problems=(problem,)
            ) from error


def needs_of(steps: tuple[Step, ...], index: int) -> tuple[str, ...]:
    """What the step needs: what it says, else the step before it."""
    stated = steps[index].needs
    if stated is not None:
        return stated
    return (steps[index - 1].id,) if index else ()


def circles(steps: tuple[Step, ...]) -> tuple[tuple[str, ...], ...]:
    """Ids of steps that could never start, each needing the one after it and the last the first; no step twice."""
    needs = {step.id: needs_of(steps, index) for index, step in enumerate(steps)}
    found: list[tuple[str, ...]] = []
    for step_id in needs:
        circle = () if any(step_id in known for known in found) else _circle(step_id, needs)
        if circle and not any(set(circle) & set(known) for known in found):
            found.append(circle)
    return tuple(found)


def _circle(step_id: str, needs: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The shortest way from a step by its needs back to itself; nothing where there is none."""
    ways: list[tuple[str, ...]] = [(step_id,)]
    seen = {step_id}
    for way in ways:
        for need in needs.get(way[-1], ()):
            if need == step_id:
                return way
            if need not in seen:
                seen.add(need)
                ways.append((*way, need))
    return ()


def _planned(step: Step, recipe: Recipe, *, number: int, needs: tuple[str, ...]) -> PlannedStep:
    shared: _OfEveryStep = {
        "number": number,
        "id": step.id,
        "needs": needs,
        "retry": step.retry,
        "timeout_seconds": duration_seconds(step.timeout) if step.timeout else None,
        "bytes_billed_per_step": step.bytes_billed_per_step,
    }
    match step:
        case IngestStep():
            return PlannedIngest(
                **shared,
                source_name=step.source,
                source=recipe.sources[step.source],
                destination=step.destination,
                table=recipe.tables[step.destination.table],
            )
        case DqStep():
            return PlannedDq(
                **shared,
                table=recipe.tables[step.table],
                rules=recipe.rule_sets[step.rules].rules,
                scope=step.scope,
                window=step.window,
                on_failure=step.on_failure,
            )
        case TransformStep():
            return PlannedTransform(
                **shared,
                sql_name=step.sql,
                sql=recipe.transforms[step.sql],
                destination=step.destination,
                table=recipe.tables[step.destination.table],
            )


class _OfEveryStep(TypedDict):
    number: int
    id: str
    needs: tuple[str, ...]
    retry: Retry
    timeout_seconds: int | None
    bytes_billed_per_step: int | None


def plan_of_rest(run: Run) -> Plan:
    """What a run has left to do: the steps that didn't succeed, needing only each other.

    Rows and job ids carry on with the first run's id, and attempts are counted on: of two runs that do the same rest,
    or of one whose stopped job succeeded after all, each step still has its effect once.
    """
    left = tuple(step for step in run.plan.steps if run.step(step.id).status != "SUCCESS")
    left_ids = {step.id for step in left}
    return run.plan.model_copy(
        update={
            "rows_of": run.plan.rows_of or run.run_id,
            "steps": tuple(_left(step, run, left_ids) for step in left),
            "tables": unplanned_tables(left, run.plan.known_tables.values()),
        }
    )


def _left(step: PlannedStep, run: Run, left_ids: set[str]) -> PlannedStep:
    return step.model_copy(
        update={
            "needs": tuple(need for need in step.needs if need in left_ids),
            "attempts_before": step.attempts_before + attempts_used_up(step, run),
            "retry": step.retry if run.step(step.id).status == "FAILED" else one_more(step.retry),
        }
    )


def attempts_used_up(step: PlannedStep, run: Run) -> int:
    """Which attempt of the run at the step was the last to fail.

    Not one that only started: an attempt whose end nobody recorded may yet have its effect.
    """
    return max(
        (
            fact.attempt
            for fact in run.facts
            if isinstance(fact, StepFailed | StepRetried) and fact.step_id == step.id
        ),
        default=0,
    )


def one_more(retry: Retry) -> Retry:
    """The last attempt of a stopped run may be void: finding that out costs one, whatever `retry` says."""
    return retry.model_copy(
        update={
            "attempts": min(retry.attempts + 1, MOST_ATTEMPTS),
            "on": tuple(dict.fromkeys((*retry.on, "stopped"))),
        }
    )


def require_step(found: PlannedStep | None, step_id: str) -> PlannedStep:
    """The step a command names, or InvalidError: its plan has no such step."""
    if found is None:
        raise InvalidError(f"The plan has no step '{step_id}'", code="unknown_step")
    return found
