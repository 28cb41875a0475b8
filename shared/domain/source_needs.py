"""What a source takes besides itself."""

from shared.domain.model import Model


class SourceNeeds(Model):
    """What has to be there for a source, as far as it says so before it is read."""

    secrets: frozenset[str] = frozenset()
    """The tenant's secrets that are sent, by name."""
    table: str | None = None
    """The table of BigQuery that its rows are in: `dataset.table`, or with the project before it."""
    query: str | None = None
    """The SELECT that its rows come from."""


NOTHING = SourceNeeds()
