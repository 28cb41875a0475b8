"""How far the sources of a pipeline are read that go on from where an earlier run ended."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from shared.domain.cursor import parse_kept
from shared.domain.errors import NotFoundError
from shared.domain.parameter import resolve_parameters
from shared.domain.pipeline import Address, IngestStep, Recipe
from shared.domain.progress import REMEMBERED, progress_of
from shared.domain.source import Source
from shared.ports import Clock, Configs, EventLog, Warehouse
from shared.steps.source_memory import way_of


@dataclass(frozen=True)
class SourceCursor:
    """The value up to which a step's source is in its table; None where the next run begins at the beginning."""

    step_id: str
    source: str
    value: JsonValue


def list_cursors(
    address: Address,
    parameters: dict[str, JsonValue],
    *,
    configs: Configs,
    log: EventLog,
    warehouse: Warehouse,
    clock: Clock,
) -> list[SourceCursor]:
    """The cursor of every step whose source has one, for a run with these parameters.

    Raises NotFoundError where the pipeline has no such step, InvalidError for wrong parameters.
    """
    recipe = configs.load_recipe(address)
    going_on = list(_going_on(recipe))
    if not going_on:
        raise NotFoundError(f"No source of {address.text} says 'incremental'")
    now = clock.now()
    readings = log.list_readings(address.tenant_id, address.pipeline_id, first_date=(now - REMEMBERED).date())
    values = resolve_parameters(recipe.pipeline.parameters, parameters, today=now.date())
    cursors: list[SourceCursor] = []
    for step, source in going_on:
        table, way = step.destination.table, way_of(source, step.destination, values)
        since = warehouse.created_at(address.tenant_id, table)
        known = parse_kept(progress_of(readings, table=table, way=way or "", since=since).cursor)
        cursors.append(SourceCursor(step.id, step.source, known.said if known else None))
    return cursors


def _going_on(recipe: Recipe) -> Iterator[tuple[IngestStep, Source]]:
    for step in recipe.pipeline.steps:
        source = recipe.sources[step.source] if isinstance(step, IngestStep) else None
        if isinstance(step, IngestStep) and source is not None and source.needs.goes_on:
            yield step, source
