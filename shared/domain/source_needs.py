"""What a source takes besides itself."""

from shared.domain.model import Model


class CsvFiles(Model):
    """Files of the tenant's own whose first line names the fields."""

    path: str
    delimiter: str
    encoding: str
    more: frozenset[str] = frozenset()
    """Fields that rows have beside those."""


class SourceNeeds(Model):
    """What has to be there for a source, as far as it says so before it is read."""

    place: str = ""
    """Where its rows come from, in words for people."""
    secrets: frozenset[str] = frozenset()
    """The tenant's secrets that are sent, by name."""
    table: str | None = None
    """The table of BigQuery that its rows are in: `dataset.table`, or with the project before it."""
    query: str | None = None
    """The SELECT that its rows come from."""

    path: str | None = None
    """Its path, where the run's parameters stand in it."""

    way: str | None = None
    """How it is read, where what was taken of it is remembered: what was taken in another way is another thing."""
    names_files: bool = False
    """Whether it tells of which file each row is, for the destination's column `source_file` where it has one."""
    by_file: bool = False
    """Whether rows are remembered by their file, in that column."""
    goes_on: bool = False
    """Whether it is read from where an earlier reading ended, and a little before: the destination merges by keys."""
    parameters: frozenset[str] = frozenset()
    """Of one that goes on, the parameters that say what is read: with other values, that is another part of it."""
    csv_files: CsvFiles | None = None
    """Where its rows are, if a look at the first lines of files on this machine tells what fields they have."""
    may_be_loaded: bool = False
    """Whether BigQuery may load its objects by itself. Its rows go through a staging table then, either way."""
    as_lines: bool = False
    """Whether that goes line by line, and so into tables of whole rows only."""


NOTHING = SourceNeeds()
