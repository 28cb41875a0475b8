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


PACKED_MODULUS = 2**32
"""What gzip says of the bytes that it packed is what is left of them by this (RFC 1952, section 2.3.1)."""
LINE = LoadableColumn(name="line", type="STRING")
"""The one column of text, a line of it in each row."""


class LoadableText(Model):
    """What is to be found in an object of text: so many bytes, unpacked, the ends of its lines included.

    Each line ends with so many bytes, but for the last one, which may have no end.
    """

    byte_count: int
    is_packed: bool
    end_bytes: Literal[1, 2]


class LoadableObjects(Model):
    """All objects of a source. `version` is another one once any of them is replaced, or one comes or goes."""

    uris: Annotated[tuple[str, ...], Field(min_length=1)]
    version: str
    columns: Annotated[tuple[LoadableColumn, ...], Field(min_length=1)] = (LINE,)
    row_count: int | None = None
    """How many rows the objects say that they hold, all together; text says it of none."""
    texts: tuple[LoadableText, ...] = ()
    """Of each of them, where they are text."""
