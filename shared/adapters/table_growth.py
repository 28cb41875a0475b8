"""A table as it is declared: made where it is missing, given the columns that it lacks, and never made less.

What BigQuery takes: "Modifying table schemas", docs.cloud.google.com/bigquery/docs/managing-table-schemas.
"""

from typing import TYPE_CHECKING, assert_never

from shared.adapters.short_queries import CALL_SECONDS, bounded_retry
from shared.domain.errors import ConflictError, NotFoundError, TransientError
from shared.domain.message import listed
from shared.domain.table import GIVEN_COLUMNS, Column, FoundTable, Purpose, Table

if TYPE_CHECKING:  # slow to import; whoever has a client has done so
    from google.cloud import bigquery

_LONGEST_LIST = 500
_MOST_LOOKS = 5
"""How often a table is looked at that others are making or changing at the same moment."""
_OTHER_NAMES = {
    "INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "DECIMAL": "NUMERIC", "BIGDECIMAL": "BIGNUMERIC",
}  # fmt: skip


def make_or_grow(client: "bigquery.Client", name: str, table: Table, *, purpose: Purpose) -> bool:
    """Make the table if it is missing, add the columns it lacks; whether anything had to be done.

    May be called by several at once. `name` is its full name. Raises NotFoundError where there is no such dataset, and
    ConflictError naming every difference that stands in the way of the purpose and that adding columns can't mend.
    """
    from google.api_core.exceptions import Conflict, NotFound, PreconditionFailed

    for _ in range(_MOST_LOOKS):
        try:
            existing = client.get_table(name, retry=bounded_retry(), timeout=CALL_SECONDS)
        except NotFound:
            try:
                client.create_table(_declared(name, table), retry=bounded_retry(), timeout=CALL_SECONDS)
            except Conflict:
                continue
            except NotFound as error:
                raise NotFoundError(f"There is no dataset {name.split('.')[-2]}") from error
            return True
        problems = _problems(existing, table, purpose=purpose)
        if problems:
            raise ConflictError(_told(existing, problems))
        missing = _addable(existing, table)
        if not missing or existing.table_type != "TABLE":
            return False
        existing.schema = [*existing.schema, *map(_field, missing)]
        try:
            client.update_table(existing, ["schema"], retry=bounded_retry(), timeout=CALL_SECONDS)
        except PreconditionFailed:
            # Somebody changed it after we had looked.
            continue
        return True
    raise TransientError(f"Table {name} is being changed by others")


def find(client: "bigquery.Client", name: str, table: Table, *, purpose: Purpose) -> FoundTable | None:
    """The table of that full name as it is, held against its declaration; None where there is none."""
    from google.api_core.exceptions import NotFound

    try:
        existing = client.get_table(name, retry=bounded_retry(), timeout=CALL_SECONDS)
    except NotFound:
        return None
    problems = _problems(existing, table, purpose=purpose)
    is_table = existing.table_type == "TABLE"
    return FoundTable(
        row_count=existing.num_rows,
        byte_count=existing.num_bytes if is_table else None,
        lacking=tuple(column.name for column in _addable(existing, table)) if is_table else (),
        problem=_told(existing, problems) if problems else None,
    )


def _problems(existing: "bigquery.Table", table: Table, *, purpose: Purpose) -> list[str]:
    match purpose:
        case "set_up":
            return [*_differences(existing, table), *_layout_differences(existing, table)]
        case "written":
            return _differences(existing, table)
        case "read":
            # The query that reads it says what it lacks; a view may do.
            return []
        case _:
            assert_never(purpose)


def _differences(existing: "bigquery.Table", table: Table) -> list[str]:
    """What keeps rows as declared from being written, and can't be mended by adding columns."""
    if existing.table_type != "TABLE":
        return [f"it is a {str(existing.table_type).lower()}, must be a table"]
    found = _fields_by_name(existing)
    problems = [
        f"column {column.name} is missing and REQUIRED, which no column can be that is added"
        for column in table.columns
        if column.mode == "REQUIRED" and column.name.lower() not in found and not _is_given(column)
    ]
    for column in table.columns:
        field = found.pop(column.name.lower(), None)
        if field is not None and _type_words(field) != column.type:
            problems.append(f"column {column.name} is {_type_words(field)}, must be {column.type}")
        if field is not None and field.mode == "REQUIRED" and column.mode == "NULLABLE":
            problems.append(f"column {column.name} is REQUIRED, must be NULLABLE")
    problems += [
        f"column {field.name} is REQUIRED and not declared, so that no row can be written"
        for field in found.values()
        if field.mode == "REQUIRED" and field.default_value_expression is None
    ]
    return problems


def _layout_differences(existing: "bigquery.Table", table: Table) -> list[str]:
    """Another partitioning: every row is right in such a table, and reading it costs more."""
    partitioned_by = existing.time_partitioning.field if existing.time_partitioning else None
    wanted = table.partitioning.field if table.partitioning else None
    if existing.table_type != "TABLE" or partitioned_by == wanted:
        return []
    return [f"it is partitioned by {partitioned_by or 'nothing'}, must be by {wanted or 'nothing'}"]


def _told(existing: "bigquery.Table", problems: list[str]) -> str:
    name = f"{existing.dataset_id}.{existing.table_id}"
    told = listed(problems, separator="; ", longest=_LONGEST_LIST)
    return (
        f"{name} differs in a way that only a person may change: {told}. Change it by hand, or move it "
        f"out of the way (ALTER TABLE {name} RENAME TO {existing.table_id}_before): a missing table is created"
    )


def _addable(existing: "bigquery.Table", table: Table) -> list[Column]:
    """The columns that the table lacks and may be given.

    One that the platform fills in every row it writes need not be REQUIRED: the rows from before have no value in it.
    """
    found = _fields_by_name(existing)
    missing = (column for column in table.columns if column.name.lower() not in found)
    return [
        column.model_copy(update={"mode": "NULLABLE"})
        for column in missing
        if column.mode == "NULLABLE" or _is_given(column)
    ]


def _is_given(column: Column) -> bool:
    return column.name in GIVEN_COLUMNS


def _fields_by_name(existing: "bigquery.Table") -> "dict[str, bigquery.SchemaField]":
    # BigQuery takes two names that differ in case only for the same.
    return {field.name.lower(): field for field in existing.schema}


def _type_words(field: "bigquery.SchemaField") -> str:
    """`INTEGER`, `REPEATED STRING`, `NUMERIC(10, 2)`: a bound would refuse values, or round them."""
    name = _OTHER_NAMES.get(field.field_type, field.field_type)
    bounds = [str(bound) for bound in (field.max_length, field.precision, field.scale) if bound is not None]
    bounded = f"{name}({', '.join(bounds)})" if bounds else name
    return f"REPEATED {bounded}" if field.mode == "REPEATED" else bounded


def _field(column: Column) -> "bigquery.SchemaField":
    from google.cloud import bigquery

    if column.description is None:
        return bigquery.SchemaField(column.name, column.type, mode=column.mode)
    return bigquery.SchemaField(column.name, column.type, mode=column.mode, description=column.description)


def _declared(name: str, table: Table) -> "bigquery.Table":
    from google.cloud import bigquery

    declared = bigquery.Table(name, schema=[_field(column) for column in table.columns])
    declared.description = table.description
    if table.partitioning is not None:
        declared.time_partitioning = bigquery.TimePartitioning(
            type_=table.partitioning.type, field=table.partitioning.field
        )
    declared.clustering_fields = list(table.clustering) or None
    return declared
