"""What must hold of a source beyond its model, as its type says."""

from collections.abc import Iterator
from typing import Protocol

from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.domain.pipeline import Pipeline
from shared.domain.source import Source
from shared.sources.parts import part_of


class CheckSource(Protocol):
    """`check_source` of a type, whose source it is given."""

    def __call__(
        self, source: Source, place: Place, *, reading: Reading, pipeline: Pipeline | None
    ) -> Iterator[ConfigProblem]:
        """What is wrong with the source at `place`, the beginning of its document.

        `pipeline` is one that reads it; None where the file is looked at by itself.
        """


def check_source(
    source: Source, place: Place, *, reading: Reading, pipeline: Pipeline | None = None
) -> Iterator[ConfigProblem]:
    """What is wrong with the source, and with what it names of the tenant and of the pipeline that reads it."""
    check: CheckSource = part_of(source, "check_source")
    return check(source, place, reading=reading, pipeline=pipeline)
