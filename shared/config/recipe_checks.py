"""What must hold between the parts of a recipe, beyond what each file says by itself."""

from collections.abc import Iterator

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.sql_scope import own_tables, uses_parameter
from shared.domain.ids import TenantId
from shared.domain.message import listed
from shared.domain.pipeline import (
    Pipeline,
    duration_seconds,
)
from shared.domain.planning import circles, needs_of


def check_steps(pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """Ids that come twice, needs that nobody has, needs that lead back to themselves."""
    ids = tuple(step.id for step in pipeline.steps)
    for index, step in enumerate(pipeline.steps):
        if step.id in ids[:index]:
            first = place.at("steps", ids.index(step.id), "id").line
            yield place.at("steps", index, "id").problem(
                kinds.ID_TWICE,
                f"'{step.id}' is already the id of the step in {first}; give one of them another id",
            )
        for need in needs_of(pipeline.steps, index):
            if need not in ids:
                yield place.at("steps", index, "needs").unknown(
                    kinds.UNKNOWN_STEP, need, ids, what="the id of a step"
                )
    # With an id there twice, nobody can say who waits for whom.
    for circle in circles(pipeline.steps) if len(set(ids)) == len(ids) else ():
        index = ids.index(circle[0])
        word = "id" if pipeline.steps[index].needs is None else "needs"
        needed = ", which needs ".join(f"'{step_id}'" for step_id in (*circle[1:], circle[0]))
        yield place.at("steps", index, word).problem(
            kinds.CIRCLE,
            f"'{circle[0]}' needs {needed}; take one of these needs away"
            if circle[1:]
            else f"'{circle[0]}' needs itself; take that away",
        )


def check_timeouts(pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """Steps that may take longer than their run."""
    longest = duration_seconds(pipeline.timeout)
    for index, step in enumerate(pipeline.steps):
        if step.timeout is not None and duration_seconds(step.timeout) > longest:
            yield place.at("steps", index, "timeout").problem(
                kinds.LONG_TIMEOUT,
                f"'{step.timeout}' is longer than the pipeline's timeout of {pipeline.timeout}",
            )


def check_rows_read(
    sql: str, pipeline: Pipeline, *, tenant_id: TenantId, place: Place
) -> Iterator[ConfigProblem]:
    """SQL that looks for its run's rows where another run may have put its own in their place."""
    own = own_tables(sql, tenant_id)
    risky = sorted(pipeline.replaced_tables & own) if uses_parameter(sql, "run_id") else []
    if risky:
        yield place.problem(
            kinds.ROWS_GONE,
            f"its SQL reads {listed(risky)} by @run_id, but this pipeline replaces rows there: another run may put "
            "its own in their place first; read by @pipeline_id",
        )
