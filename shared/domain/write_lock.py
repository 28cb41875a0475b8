"""The table beside a table, of which BigQuery lets one transaction at a time change the row."""

from shared.domain.table import Column, Table

_SUFFIX = "_write_lock"
_LONGEST = 280
_COLUMNS = (
    Column(name="table_name", type="STRING", description="the table that is written"),
    Column(
        name="run_id", type="STRING", description="the run whose step had its turn last, or waited for it"
    ),
    Column(name="locked_at", type="TIMESTAMP", description="since when"),
)


def lock_name(table: str) -> str:
    """What the table is called by which writers of a table take turns; tables of endless names may share one."""
    return f"{table[:_LONGEST]}{_SUFFIX}"


def is_lock(name: str) -> bool:
    """Whether a table is one by which others take turns."""
    return name.endswith(_SUFFIX)


def lock_of(table: Table) -> Table:
    """The table by which those who write this one take turns."""
    return Table(
        name=lock_name(table.name),
        description=f"One row, which every step changes that replaces or merges rows of {table.name}, so that one at "
        "a time does.",
        columns=_COLUMNS,
    )
