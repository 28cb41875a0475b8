"""What must hold of a source of type `files` beyond its model: nothing, since files come after configuration."""

from collections.abc import Iterator

from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.domain.pipeline import Pipeline
from shared.sources.files.source import FilesSource


def check_source(
    source: FilesSource, place: Place, *, reading: Reading, pipeline: Pipeline | None
) -> Iterator[ConfigProblem]:
    """No problems."""
    return iter(())
