"""What must hold between the parts of a recipe, beyond what each file says by itself."""

from collections.abc import Iterator

from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.sql_scope import own_tables, uses_parameter
from shared.domain.ids import TenantId
from shared.domain.message import listed
from shared.domain.pipeline import (
    Pipeline,
    duration_seconds,
)
from shared.domain.planning import needs_of, steps_in_cycles


def check_steps(pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """Ids that come twice, needs that nobody has, needs that lead back to themselves."""
    ids = tuple(step.id for step in pipeline.steps)
    for index, step in enumerate(pipeline.steps):
        if step.id in ids[:index]:
            yield place.at("steps", index, "id").problem(f"'{step.id}' is the id of two steps")
        for need in needs_of(pipeline.steps, index):
            if need not in ids:
                yield place.at("steps", index, "needs").unknown(need, ids, what="the id of a step")
    # With an id there twice, nobody can say who waits for whom.
    cycle = steps_in_cycles(pipeline.steps) if len(set(ids)) == len(ids) else ()
    if cycle:
        yield place.at("steps").problem(f"these steps wait for each other: {listed(cycle)}")


def check_timeouts(pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """Steps that may take longer than their run."""
    longest = duration_seconds(pipeline.timeout)
    for index, step in enumerate(pipeline.steps):
        if step.timeout is not None and duration_seconds(step.timeout) > longest:
            yield place.at("steps", index, "timeout").problem(
                f"'{step.timeout}' is longer than the pipeline's timeout of {pipeline.timeout}"
            )


def check_rows_read(
    sql: str, pipeline: Pipeline, *, tenant_id: TenantId, place: Place
) -> Iterator[ConfigProblem]:
    """SQL that looks for its run's rows where another run may have put its own in their place."""
    own = own_tables(sql, tenant_id)
    risky = sorted(pipeline.replaced_tables & own) if uses_parameter(sql, "run_id") else []
    if risky:
        yield place.problem(
            f"its SQL reads {listed(risky)} by @run_id, but this pipeline replaces rows there: another run may put "
            "its own in their place first; read by @pipeline_id"
        )
