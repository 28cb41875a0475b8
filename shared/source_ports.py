"""The outside of sources: a part of `shared/ports.py`, where it is to be had."""

from collections.abc import Callable, Iterator
from typing import Protocol

from shared.domain.json_lines import RowOrLines
from shared.domain.loadable import LoadableObjects
from shared.domain.parameter import ParameterValue
from shared.domain.progress import FileVersion, Memory
from shared.domain.row_fit import RowFit
from shared.domain.source import RowSource


class Reader(Protocol):
    """Sources outside BigQuery."""

    def read(
        self,
        source: RowSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        look: Callable[[], None] = lambda: None,
        memory: Memory | None = None,
        fit: RowFit | None = None,
    ) -> Iterator[RowOrLines]:
        """The source's rows, one at a time or some at once. Raises StepError for what can't be read.

        `look` is called where long may pass without a row, such as before each request; what it raises ends the
        reading. With a `memory`, what is known of the source may be left out; what was taken is kept once it is at its
        end. With `fit`, rows that are not so are given as broken ones, if their ends can be told.
        """

    def find_files(
        self, source: RowSource, *, tenant_id: str, parameters: tuple[ParameterValue, ...]
    ) -> tuple[FileVersion, ...]:
        """The files that a source of files names, in the order of their names; none is read. Raises as `read`."""

    def objects(
        self,
        source: RowSource,
        *,
        tenant_id: str,
        parameters: tuple[ParameterValue, ...],
        known: LoadableObjects | None = None,
        most: int | None = None,
        look: Callable[[], None] = lambda: None,
    ) -> LoadableObjects | str:
        """The objects of a source that may be loaded, or why BigQuery would not read them exactly as `read` does.

        Where they are as they are `known`, or more than `most`, they are looked at no further. Raises as `read` does.
        """
