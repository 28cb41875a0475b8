"""What a run would do if it were asked for now: its plan, and what is known of each step before it begins."""

from decimal import Decimal

from shared.domain.estimate import Estimate, price_usd
from shared.domain.ids import PipelineId, RunId
from shared.domain.model import Model
from shared.domain.parameter import ParameterValue
from shared.domain.plan import StepType
from shared.domain.sql_parameter import SqlParameter
from shared.domain.table import FoundTable, Purpose
from shared.domain.window import Window


class SourcePreview(Model):
    """Where rows come from, by the name of its file; no secret is in it."""

    name: str
    type: str
    place: str


class TablePreview(Model):
    """A table that a step reads or writes, as it is now."""

    name: str
    purpose: Purpose
    is_known: bool = True
    """False where Google doesn't let us look."""
    found: FoundTable | None = None
    """None where it is missing, and would be made if the step writes it."""


class QueryPreview(Model):
    """The SQL that BigQuery would be given, its parameters, and what it would read."""

    sql: str
    parameters: tuple[SqlParameter, ...]
    bytes_processed: int | None = None
    bytes_billed: int | None = None
    price_usd: Decimal | None = None
    unknown_because: str | None = None
    """Why nobody knows yet what it reads."""
    problem: str | None = None
    """Why BigQuery would refuse it."""


class StepPreview(Model):
    """A step. Without a query its rows are loaded, which costs nothing."""

    number: int
    id: str
    type: StepType
    needs: tuple[str, ...]
    source: SourcePreview | None = None
    rules: tuple[str, ...] = ()
    mode: str | None = None
    scope: str | None = None
    window: Window | None = None
    keys: tuple[str, ...] = ()
    tables: tuple[TablePreview, ...]
    query: QueryPreview | None = None


class LimitPreview(Model):
    """What a limit allows, what was used of it, and what is asked for now, as far as that is known."""

    limit: str
    allowed: int
    used: int | None = None
    asked: int | None = None
    problem: str | None = None
    """Why the run would be refused, or would fail, because of it."""
    wait: str | None = None
    """Why the run would have to wait because of it."""


class ChangePreview(Model):
    """One place of the plan that differs from the last run's, as lines of a unified diff."""

    place: str
    lines: tuple[str, ...]


class RunPreview(Model):
    """All of it. Nothing was started and nothing recorded."""

    pipeline_id: PipelineId
    location: str
    timeout_seconds: int
    parameters: tuple[ParameterValue, ...]
    steps: tuple[StepPreview, ...]
    limits: tuple[LimitPreview, ...]
    compared_with: RunId | None
    """The last run that did all of the pipeline's steps; None where none is in sight."""
    changes: tuple[ChangePreview, ...]

    @property
    def bytes_billed(self) -> int:
        """What all queries would bill, those left out of which that isn't known."""
        return sum(query.bytes_billed or 0 for query in self._queries)

    @property
    def price_usd(self) -> Decimal:
        """What that costs."""
        return price_usd(self.bytes_billed)

    @property
    def unknown_count(self) -> int:
        """Of how many queries it isn't known."""
        return sum(query.bytes_billed is None for query in self._queries)

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the run would be refused, or would fail; none where nothing is known to stand in its way."""
        tables = {table.name: table.found for step in self.steps for table in step.tables}
        return (
            *(each.problem for each in self.limits if each.problem),
            *(found.problem for found in tables.values() if found and found.problem),
            *(query.problem for query in self._queries if query.problem),
        )

    @property
    def _queries(self) -> list[QueryPreview]:
        return [step.query for step in self.steps if step.query is not None]


def query_preview(
    sql: str,
    parameters: tuple[SqlParameter, ...],
    *,
    estimate: Estimate | None = None,
    unknown_because: str | None = None,
    problem: str | None = None,
) -> QueryPreview:
    """The query, with the price of what it would read where that is known."""
    billed = estimate.bytes_billed if estimate is not None else None
    return QueryPreview(
        sql=sql,
        parameters=parameters,
        bytes_processed=estimate.bytes_processed if estimate is not None else None,
        bytes_billed=billed,
        price_usd=None if billed is None else price_usd(billed),
        unknown_because=unknown_because,
        problem=problem,
    )
