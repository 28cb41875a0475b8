"""Columns that a tenant's pipelines add to its tables, which the files in schemas/ don't say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from shared.config.reading import Reading
from shared.config.recipe import read_pipeline
from shared.config.source_file import SourceFile
from shared.domain.pipeline import Address, IngestStep
from shared.domain.source import QuerySource
from shared.domain.source_column import typed_columns
from shared.domain.table import Column


def read_added_columns(reading: Reading, addresses: Iterable[Address]) -> Mapping[str, tuple[Column, ...]]:
    """By table, what any of the pipelines adds; what is wrong goes into the reading."""
    added: defaultdict[str, tuple[Column, ...]] = defaultdict(tuple)
    for address in addresses:
        pipeline = read_pipeline(reading, address)
        for step in pipeline.steps if pipeline is not None else ():
            if isinstance(step, IngestStep) and step.destination.fields.new_columns == "add":
                added[step.destination.table] += _columns(reading, step)
    return added


def _columns(reading: Reading, step: IngestStep) -> tuple[Column, ...]:
    path = reading.find("sources", f"{step.source}.yml", shared_too=True)
    found = reading.file(path, SourceFile) if path is not None else None
    source = found[0].root if found is not None else None
    return () if source is None or isinstance(source, QuerySource) else typed_columns(source.columns)
