"""`sources/<name>.yml`."""

from pydantic import ConfigDict, RootModel

from shared.domain.source import Source


class SourceFile(RootModel[Source]):
    """The source is the whole document."""

    model_config = ConfigDict(frozen=True)
