"""What must hold between the parts of a recipe, beyond what each file says by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.config.document import Document, Location, path_text
from shared.config.problem import ConfigProblem, nearest
from shared.config.sql_scope import own_tables, uses_parameter
from shared.domain.ids import TenantId
from shared.domain.message import listed
from shared.domain.pipeline import (
    Pipeline,
    duration_seconds,
)
from shared.domain.planning import needs_of, steps_in_cycles


@dataclass(frozen=True)
class Place:
    """A document, and where in it; what the document doesn't say itself is said by its `template`, where it has one."""

    document: Document
    location: Location
    template: Document | None = None

    def at(self, *parts: str | int) -> "Place":
        """A place further in."""
        return Place(self.document, (*self.location, *parts), self.template)

    @property
    def line(self) -> str:
        """Where it is, for a sentence about another place: `line 3`, or `line 3 of <file>` in the template."""
        document = self._speaker
        line = f"line {document.position(self.location).line}"
        return line if document is self.document else f"{line} of {document.file}"

    def problem(
        self, message: str, *, allowed: tuple[str, ...] = (), suggestion: str | None = None
    ) -> ConfigProblem:
        """The problem that this place has."""
        document = self._speaker
        position = document.position(self.location)
        return ConfigProblem(
            document.file,
            position.line,
            position.column,
            path_text(self.location),
            message,
            allowed,
            suggestion,
        )

    def unknown(self, word: str, known: tuple[str, ...], *, what: str) -> ConfigProblem:
        """The problem of a word that should be one of some others."""
        return self.problem(
            f"'{word}' is not {what}", allowed=tuple(sorted(known)), suggestion=nearest(word, known)
        )

    @property
    def _speaker(self) -> Document:
        """The one of the two documents that says what is here: a template's parameters are taken one by one."""
        taken = self.location[: 2 if self.location[:1] == ("parameters",) else 1]
        return self.document if self.template is None or taken in self.document.positions else self.template


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
