"""The files of a pipeline's sources that load only what is due, and what its tables hold of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from shared.domain.errors import NotFoundError
from shared.domain.parameter import resolve_parameters
from shared.domain.pipeline import Address, IngestStep, Recipe
from shared.domain.progress import REMEMBERED, FileVersion, Progress, progress_of
from shared.domain.source import RowSource
from shared.ports import Clock, Configs, EventLog, Reader, Warehouse

FileStatus = Literal["new", "loaded", "changed", "missing"]
"""Not loaded yet; in the table as it is; in the table with other contents, or perhaps so; in the table alone."""


@dataclass(frozen=True)
class SourceFile:
    """A file that a step's source has, or had."""

    step_id: str
    status: FileStatus
    file: FileVersion


def list_source_files(
    address: Address,
    parameters: dict[str, JsonValue],
    *,
    configs: Configs,
    log: EventLog,
    warehouse: Warehouse,
    reader: Reader,
    clock: Clock,
) -> list[SourceFile]:
    """The files of every step of the pipeline whose source remembers them, in the order of their names.

    Where the path goes by the parameters, files that are there no more are left out: whether it would name them is not
    known. Raises NotFoundError where the pipeline has no such step, InvalidError for wrong parameters, StepError where
    a source's files can't be found.
    """
    recipe = configs.load_recipe(address)
    by_file = list(_by_file(recipe))
    if not by_file:
        raise NotFoundError(f"No source of {address.text} says 'load: new' or 'load: changed'")
    now = clock.now()
    first_date = (now - REMEMBERED).date()
    readings = log.list_readings(address.tenant_id, address.pipeline_id, first_date=first_date)
    values = resolve_parameters(recipe.pipeline.parameters, parameters, today=now.date())
    files: list[SourceFile] = []
    for step, source in by_file:
        table = step.destination.table
        since = warehouse.created_at(address.tenant_id, table)
        known = progress_of(readings, table=table, way=source.needs.way or "", since=since)
        found = reader.find_files(source, tenant_id=address.tenant_id, parameters=values)
        told = _told(step.id, found, known)
        files.extend(each for each in told if source.needs.path is None or each.status != "missing")
    return files


def _by_file(recipe: Recipe) -> Iterator[tuple[IngestStep, RowSource]]:
    for step in recipe.pipeline.steps:
        source = recipe.sources[step.source] if isinstance(step, IngestStep) else None
        if isinstance(step, IngestStep) and isinstance(source, RowSource) and source.needs.by_file:
            yield step, source


def _told(step_id: str, found: Sequence[FileVersion], known: Progress) -> Iterator[SourceFile]:
    loaded = {file.name: file for file in known.files}
    there = {file.name: file for file in found}
    for name in sorted({*loaded, *there}):
        yield SourceFile(step_id, _status(there.get(name), loaded.get(name)), there.get(name) or loaded[name])


def _status(found: FileVersion | None, loaded: FileVersion | None) -> FileStatus:
    if found is None:
        return "missing"
    if loaded is None:
        return "new"
    return "loaded" if found.is_known_as(loaded) else "changed"
