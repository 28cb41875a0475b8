"""Carrying out a script: each of its statements in a transaction of its own, as BigQuery does.

What a statement did stays, whatever becomes of those that follow. Of those between BEGIN TRANSACTION and COMMIT
TRANSACTION all stay done or none.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, assert_never

from local.bigquery.googlesql.scripts import Assign, Block, Declare, If, Run, Step, Steps, Transaction
from local.bigquery.googlesql.types import BOOL, GoogleType
from local.bigquery.job import Execute, Job, Outcome
from local.bigquery.problem import ApiError
from local.bigquery.script import anonymous_table
from local.bigquery.session import Session
from local.bigquery.translate.translator import Variable
from local.bigquery.variables import Scope, assigned

# A statement, a transaction of several or a query of one value, what it sees, and whether the script ends with it.
Action = tuple[Run | Transaction | str, Scope, bool]


@dataclass(frozen=True)
class Part:
    """A statement of a script, or a query of one value, with the variables that there are."""

    sql: str
    variables: dict[str, Variable]


RunPart = Callable[[Session, Job, Part], Outcome]
RunParts = Callable[[Session, Job, list[Part]], Outcome]
Evaluate = Callable[[Session, Job, Part], tuple[Outcome, Any, GoogleType]]


class ScriptRun:
    """One run of a script. `begin` gives its first step; what follows a step is told once that is committed."""

    def __init__(
        self,
        program: Steps,
        *,
        run: RunPart,
        run_together: RunParts,
        evaluate: Evaluate,
    ) -> None:
        self._run, self._run_together, self._evaluate = run, run_together, evaluate
        self._actions = self._walk(program, Scope(), is_end=True)
        self._outcomes: list[Outcome] = []
        self._last: Outcome | None = None

    def begin(self) -> Execute:
        """The first step. Raises ApiError."""
        return self._next(None)

    def _next(self, found: Any) -> Execute:
        try:
            what, scope, is_end = self._actions.send(found)
        except StopIteration:
            return self._finish
        if isinstance(what, Run):
            return partial(self._run_step, part=Part(what.sql, scope.variables()), is_end=is_end)
        if isinstance(what, Transaction):
            parts = [Part(one.sql, scope.variables()) for one in what.statements]
            return partial(self._run_step, part=parts, is_end=is_end)
        return partial(self._evaluate_step, part=Part(what, scope.variables()))

    def _run_step(self, session: Session, job: Job, *, part: Part | list[Part], is_end: bool) -> Outcome:
        outcome = (
            self._run(session, job, part)
            if isinstance(part, Part)
            else self._run_together(session, job, part)
        )
        if is_end:
            return whole_outcome(job, [*self._outcomes, outcome], outcome)
        return replace(outcome, then=partial(self._after, outcome, None))

    def _evaluate_step(self, session: Session, job: Job, *, part: Part) -> Outcome:
        outcome, value, kind = self._evaluate(session, job, part)
        return replace(outcome, then=partial(self._after, outcome, (value, kind)))

    def _after(self, outcome: Outcome, found: tuple[Any, GoogleType] | None) -> Execute:
        self._outcomes.append(outcome)
        if found is None:
            self._last = outcome
        return self._next(found)

    def _finish(self, _session: Session, job: Job) -> Outcome:
        return whole_outcome(job, self._outcomes, self._last)

    def _walk(self, steps: Steps, scope: Scope, *, is_end: bool = False) -> Generator[Action, Any, None]:
        for place, step in enumerate(steps, 1):
            yield from self._walk_step(step, scope, is_end=is_end and place == len(steps))

    def _walk_step(self, step: Step, scope: Scope, *, is_end: bool) -> Generator[Action, Any, None]:
        match step:
            case Run() | Transaction():
                yield step, scope, is_end
            case Declare():
                yield from self._declare(step, scope)
            case Assign():
                _assign(step, scope, (yield step.value, scope, False))
            case If():
                yield from self._walk((yield from self._branch(step, scope)), scope)
            case Block():
                yield from self._walk(step.steps, Scope(scope))
            case _:
                assert_never(step)

    def _branch(self, step: If, scope: Scope) -> Generator[Action, Any, Steps]:
        for condition, body in step.branches:
            value, kind = yield condition, scope, False
            if kind != BOOL and value is not None:
                raise _wrong(f"An IF condition has to be of type BOOL, and not {kind.sql}")
            if value:
                return body
        return step.otherwise

    def _declare(self, step: Declare, scope: Scope) -> Generator[Action, Any, None]:
        declared = None
        if step.type:
            _value, declared = yield f"SELECT CAST(NULL AS {step.type})", scope, False
        value, kind = None, declared
        if step.value:
            value, kind = yield step.value, scope, False
        if kind is None:
            raise _wrong(f"DECLARE of {', '.join(step.names)} needs a type or a default value")
        for name in step.names:
            scope.declare(name, assigned(declared or kind, kind, value, sql=step.value))


def _assign(step: Assign, scope: Scope, found: tuple[Any, GoogleType]) -> None:
    value, kind = found
    if not step.is_struct:
        scope.assign(step.names[0], assigned(scope.find(step.names[0]).type, kind, value, sql=step.value))
        return
    if not kind.is_struct or len(kind.fields) != len(step.names):
        raise _wrong(
            f"SET of {len(step.names)} variables needs a STRUCT of as many fields, and not {kind.sql}"
        )
    for place, (name, (_field, inner)) in enumerate(zip(step.names, kind.fields, strict=True)):
        one = None if value is None else value[kind.field_name(place)]
        scope.assign(name, assigned(scope.find(name).type, inner, one))


def _wrong(message: str) -> ApiError:
    return ApiError("invalidQuery", message, location="query")


def only_statements(steps: Iterable[Step]) -> bool:
    """Whether the script is nothing but statements, one after the other."""
    return all(isinstance(one, Run) for one in steps)


def whole_outcome(job: Job, outcomes: list[Outcome], last: Outcome | None) -> Outcome:
    """Of a script as one job: the sums, and the rows of the statement that was the last."""
    queries = [one.statistics["query"] for one in outcomes]
    sums = {
        name: str(sum(int(query[name]) for query in queries))
        for name in ("totalBytesProcessed", "totalBytesBilled")
    }
    tables = {tuple(one.items()): one for query in queries for one in query["referencedTables"]}
    query = {"statementType": "SCRIPT", "cacheHit": False, **sums, "referencedTables": list(tables.values())}
    children = tuple(child for one in outcomes for child in one.children or (one,))
    asked = {
        "priority": "INTERACTIVE",
        **job.configuration["query"],
        "destinationTable": anonymous_table(job),
    }
    return Outcome(
        {
            "totalBytesProcessed": sums["totalBytesProcessed"],
            "numChildJobs": str(len(children)),
            "query": query,
        },
        result=last.result if last else None,
        configuration={**job.configuration, "query": asked},
        changes=any(one.changes for one in outcomes),
        children=children,
    )
