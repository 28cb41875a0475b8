"""Rows on their way to a table in which each file's rows take the place of its earlier ones."""

from shared.domain.plan import PlannedIngest
from shared.domain.table import SOURCE_FILE, Column, Table
from shared.steps.write_sql import write_files_statement

_MARKER = "taken_file"
_BROKEN = "broken_row"


def marker_of(table: Table) -> str:
    """The column of the staging table that names a file that was read; the table has none of that name."""
    return _unlike_columns(_MARKER, table)


def broken_of(table: Table) -> str:
    """The column of the staging table that holds a row that doesn't fit; the table has none of that name."""
    return _unlike_columns(_BROKEN, table)


def _unlike_columns(name: str, table: Table) -> str:
    names = {column.name.lower() for column in table.columns}
    while name in names:
        name += "_"
    return name


def tells_file(step: PlannedIngest) -> bool:
    """Whether the step's rows say of which file they are."""
    return step.source.needs.names_files and step.table.tells_file


def own_columns(step: PlannedIngest) -> tuple[Column, ...]:
    """The columns that the source's rows fill."""
    own = step.table.own_columns
    return tuple(each for each in own if each.name != SOURCE_FILE) if tells_file(step) else own


def staged_columns(step: PlannedIngest) -> tuple[Column, ...]:
    """The columns of the step's staging table."""
    more = [SOURCE_FILE] if tells_file(step) else []
    if step.source.needs.by_file:
        more.append(marker_of(step.table))
    columns = tuple(Column(name=column.name, type=column.type) for column in own_columns(step))
    columns = (*columns, *(Column(name=name, type="STRING") for name in more))
    if step.destination.sets_aside:
        columns = (*columns, Column(name=broken_of(step.table), type="JSON"))
    return columns


def files_statement(step: PlannedIngest, *, dataset: str, staging: str) -> str:
    """The statement that puts the staged rows in the place of those that the table has of their files."""
    table = step.table.name
    return write_files_statement(
        step.table,
        dataset=dataset,
        staging=staging,
        marker=marker_of(step.table),
        refusal=f"{table} holds rows of this pipeline that don't say of which file they are, so that theirs may be "
        f"loaded twice; remove those whose {SOURCE_FILE} is NULL first",
    )
