"""The parts of a source type, found by the name of its folder.

`shared/sources/<type>/` holds, each in the module of that name:

- `source`: what its file says, as a model, and what it needs. Pure, like the domain.
- `check_source`: what must hold of it beyond that, by itself and in a pipeline. Knows `shared.config`.
- `file_schema`, of one whose file a JSON Schema can say more of than the model does. Knows `shared.config`.
- `build_query`, of a source in BigQuery: the SELECT of its rows. Knows `shared.steps`.
- `read_rows`, of any other: reads its rows, and shapes them as its `columns` say. Knows `shared.adapters` and its
  vendors' libraries.
- `find_files`, of a source of files: lists them without reading any. Knows what `read_rows` does.
- `find_objects`, of one that `may_be_loaded`: the objects that BigQuery may load by itself. Knows the same.

A part is imported when it is needed, so that a step pays for the libraries of its own source alone.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from shared.domain.source import Source

Part = Literal["check_source", "file_schema", "build_query", "read_rows", "find_files", "find_objects"]


def part_of(source: Source, part: Part) -> Any:
    """The function that the module is called after."""
    return getattr(import_module(_module(source.type, part)), part)


def find_part(source_type: str, part: Part) -> Any:
    """The same of a type of source; None where it has no such part."""
    name = _module(source_type, part)
    return None if find_spec(name) is None else getattr(import_module(name), part)


def _module(source_type: str, part: Part) -> str:
    return f"shared.sources.{source_type}.{part}"
