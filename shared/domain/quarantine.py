"""The table beside a table, for rows that were to go into it and were set aside."""

from shared.domain.table import SOURCE_FILE, Column, Partitioning, Table

_SUFFIX = "_quarantine"
_COLUMNS = (
    Column(name="tenant_id", type="STRING", mode="REQUIRED", description="whose row it is"),
    Column(
        name="pipeline_id",
        type="STRING",
        mode="REQUIRED",
        description="the pipeline that would have written it",
    ),
    Column(name="run_id", type="STRING", mode="REQUIRED", description="the run that set it aside"),
    Column(
        name="ingestion_date",
        type="DATE",
        mode="REQUIRED",
        description="the UTC day on which it was set aside",
    ),
    Column(name="created_at", type="TIMESTAMP", mode="REQUIRED", description="when it was set aside"),
    Column(name="step_id", type="STRING", mode="REQUIRED", description="the step that set it aside"),
    Column(name="source", type="STRING", description="the source that it is of"),
    Column(name=SOURCE_FILE, type="STRING", description="the file that it is of, of a source of files"),
    Column(
        name="line",
        type="INTEGER",
        description="the line of the file on which it begins; of Excel the row of the sheet, of Parquet, APIs and "
        "databases the number of the row",
    ),
    Column(name="place", type="STRING", description="both in words, as in an error"),
    Column(name="field", type="STRING", description="the field that doesn't fit, where it is one"),
    Column(name="reason", type="STRING", mode="REQUIRED", description="why it doesn't fit"),
    Column(
        name="data",
        type="JSON",
        mode="REQUIRED",
        description="the row as it was read; a line that is no row is its text, or the list of its cells",
    ),
)


def quarantine_name(table: str) -> str:
    """What the table for a table's rows that are set aside is called."""
    return f"{table}{_SUFFIX}"


def quarantine_of(table: Table) -> Table:
    """The table for the rows that don't fit this one."""
    return Table(
        name=quarantine_name(table.name),
        description=f"Rows that did not fit {table.name}, each as it was read.",
        columns=_COLUMNS,
        partitioning=Partitioning(field="ingestion_date"),
        clustering=("pipeline_id",),
    )
