"""Objects that BigQuery may load by itself, as they were when they were looked at."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.model import Model

LoadableType = Literal["STRING", "INTEGER", "NUMERIC", "FLOAT", "BOOLEAN", "DATE", "TIMESTAMP"]
"""Types whose values are the same whoever reads them."""


class LoadableColumn(Model):
    """A column that each of the objects has; `scale` are the digits of a NUMERIC behind the point."""

    name: str
    type: LoadableType
    scale: int = 0


class LoadableObjects(Model):
    """All objects of a source. `version` is another one once any of them is replaced, or one comes or goes."""

    uris: Annotated[tuple[str, ...], Field(min_length=1)]
    version: str
    columns: Annotated[tuple[LoadableColumn, ...], Field(min_length=1)]
    row_count: int
    """How many rows the objects say that they hold, all together."""
