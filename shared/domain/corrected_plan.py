"""The rest of a run with the files as they are now: what succeeded must be the same, what is left may have changed."""

from collections.abc import Iterator, Mapping, Sequence

from shared.domain.errors import ConflictError
from shared.domain.message import listed
from shared.domain.plan import Plan, PlannedStep
from shared.domain.plan_difference import step_changes
from shared.domain.planning import attempts_used_up, one_more
from shared.domain.run import Run
from shared.domain.tables_read import unplanned_tables

_SCHEDULING = ("number", "needs", "retry", "timeout_seconds", "attempts_before", "bytes_billed_per_step")
"""What says when and how often a step is tried, and what that may cost, and not what it does."""
_LONGEST_LIST, _LONGEST_PATHS = 600, 100


def plan_of_corrected_rest(runs: Sequence[Run], current: Plan) -> Plan:
    """What is left of `current`: the plan that the files make now, with the parameters of the run.

    `runs` are the run and those whose rest it did, the first one first. A step keeps its number, and attempts are
    counted on, so that no job id is used for two definitions. Raises ConflictError where a step that succeeded has
    changed, where one would come after what needs it now, where nobody knows whether a changed one has had its effect,
    and where nothing is left.
    """
    done = {step.id: step for run in runs for step in run.plan.steps if _status(run, step) == "SUCCESS"}
    left = tuple(step for step in current.steps if step.id not in done)
    _require_same(
        [*_changes(done, current), *_late_needs(done, left, current), *_unknown_ends(runs, left)], runs[-1]
    )
    if not left:
        raise ConflictError(
            "Every step that the files have now succeeded: nothing is left to do",
            code="nothing_failed",
            run_id=runs[-1].run_id,
        )
    numbers = _numbers(runs, left)
    left_ids = {step.id for step in left}
    return current.model_copy(
        update={
            "rows_of": runs[-1].plan.rows_of or runs[-1].run_id,
            "steps": tuple(_left(step, runs, left_ids, number=numbers[step.id]) for step in left),
            "tables": unplanned_tables(left, current.known_tables.values()),
        }
    )


def differences(before: PlannedStep, now: PlannedStep) -> tuple[str, ...]:
    """Where the two do something else, e.g. `source.path` or `rules.has_cost.severity`; never what is written there."""
    return tuple(change.place for change in step_changes(before, now, apart_from=_SCHEDULING))


def _status(run: Run, step: PlannedStep) -> str:
    return run.step(step.id).status


def _require_same(problems: Sequence[str], run: Run) -> None:
    if problems:
        raise ConflictError(
            f"The files have changed: {listed(problems, separator='; ', longest=_LONGEST_LIST)}. "
            "Rerun with the recorded configuration, or from the start",
            code="configuration_changed",
            run_id=run.run_id,
        )


def _changes(done: Mapping[str, PlannedStep], current: Plan) -> Iterator[str]:
    for step in done.values():
        now = current.step(step.id)
        if now is None:
            yield f"step '{step.id}' succeeded and is not there any more"
        elif paths := differences(step, now):
            yield f"step '{step.id}' succeeded and differs in {listed(paths, longest=_LONGEST_PATHS)}"


def _late_needs(done: Mapping[str, PlannedStep], left: Sequence[PlannedStep], current: Plan) -> Iterator[str]:
    for step in left:
        late = [other.id for other in current.all_dependents(step.id) if other.id in done]
        if late:
            yield f"step '{late[0]}' succeeded and needs '{step.id}' now, which did not"


def _unknown_ends(runs: Sequence[Run], left: Sequence[PlannedStep]) -> Iterator[str]:
    """The steps that were stopped, whose job may have been done nevertheless, and that are another's now.

    Done again as they were, they find that out by the job's id.
    """
    stopped: dict[str, PlannedStep] = {}
    for run in runs:
        # Of a run that came to its own end these are the steps that were skipped too soon: they may have begun since.
        live = {step.id for step in run.live_steps}
        for step in run.plan.steps:
            if step.id in live:
                stopped[step.id] = step
            elif _status(run, step) == "FAILED":
                stopped.pop(step.id, None)
    for step in left:
        before = stopped.get(step.id)
        if before is not None and (paths := differences(before, step)):
            told = listed(paths, longest=_LONGEST_PATHS)
            yield f"step '{step.id}' was stopped, may have had its effect nevertheless, and differs in {told}"


def _numbers(runs: Sequence[Run], left: Sequence[PlannedStep]) -> dict[str, int]:
    known = {step.id: step.number for run in runs for step in run.plan.steps}
    unused = max(known.values()) + 1
    new = [step.id for step in left if step.id not in known]
    return known | {step_id: unused + index for index, step_id in enumerate(new)}


def _left(step: PlannedStep, runs: Sequence[Run], left_ids: set[str], *, number: int) -> PlannedStep:
    tries = [
        (run, known) for run in runs for known in run.plan.steps if known.id == step.id
    ]  # in the order of the runs
    counts = [known.attempts_before + attempts_used_up(known, run) for run, known in tries]
    is_open = bool(tries) and _status(tries[-1][0], step) != "FAILED"
    return step.model_copy(
        update={
            "number": number,
            "needs": tuple(need for need in step.needs if need in left_ids),
            "attempts_before": max(counts, default=0),
            "retry": one_more(step.retry) if is_open else step.retry,
        }
    )
