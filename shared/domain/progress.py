"""What a reading of a source took, so that a later one need not take it again."""

from shared.domain.model import Model


class FileVersion(Model):
    """A file as it was: what a source calls it, and what tells its contents from those it has at other times.

    `size` is in bytes; `version` is the place's own word for the contents: a generation, a checksum, a time of writing.
    None is what the place doesn't tell.
    """

    name: str
    size: int | None = None
    version: str | None = None
