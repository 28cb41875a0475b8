"""From rows to a destination: one statement for each mode, each of them atomic.

What is replaced or merged is written in turn: by a transaction that changes the row of the table's lock too.
"""

from collections.abc import Sequence

from shared.domain.column_path import path_names
from shared.domain.destination import IngestDestination, TransformDestination
from shared.domain.table import SOURCE_FILE, Table
from shared.domain.table_column import TableColumn
from shared.domain.window import Window
from shared.domain.write_lock import lock_name
from shared.sql.statement import literal, quoted, quoted_list, statement
from shared.steps.column_sql import table_window_sql, window_value_sql

_NO_KEY = "A row to merge has NULL in {}, one of its keys"
_VALUE_BY_GIVEN_COLUMN = {
    "tenant_id": "@tenant_id",
    "pipeline_id": "@pipeline_id",
    "run_id": "@run_id",
    "ingestion_date": "CURRENT_DATE()",
    "created_at": "CURRENT_TIMESTAMP()",
}


def write_statement(
    destination: IngestDestination | TransformDestination,
    *,
    table: Table,
    dataset: str,
    rows: str,
    tells_file: bool = False,
) -> str:
    """What a job does that writes the rows of the query `rows`, as `rows_statement` says; in turn but to append."""
    write = rows_statement(destination, table=table, dataset=dataset, rows=rows, tells_file=tells_file)
    return write if destination.mode == "append" else in_turn(write, table=table, dataset=dataset)


def in_turn(*writes: str, table: Table, dataset: str) -> str:
    """What a job does that carries out these statements while no other such job writes the table."""
    lock = quoted(dataset, lock_name(table.name))
    write = statement("write_in_turn", lock=lock, writes=";\n".join(writes))
    return f"{statement('await_turn', lock=lock, table=literal(table.name))};\n{write}"


def rows_statement(
    destination: IngestDestination | TransformDestination,
    *,
    table: Table,
    dataset: str,
    rows: str,
    tells_file: bool = False,
) -> str:
    """The statement that writes the rows of the query `rows`.

    The query delivers every column of the table but those the platform gives; for a table of whole rows also their
    file, where it `tells_file`. A replacement concerns only rows of the
    same pipeline where the table tells pipelines apart, and only those of the window where there is one.
    """
    names = tuple(column.name for column in table.columns)
    parts = {
        "target": quoted(dataset, table.name),
        "columns": quoted_list(names),
        "values": ", ".join(_value(name, table, tells_file=tells_file) for name in names),
        "rows": rows,
    }
    match destination.mode:
        case "append":
            return statement("insert_rows", **parts)
        case "replace":
            window = destination.window
            return statement(
                "replace_rows",
                **parts,
                scope=_scope(table, window),
                checked=_checked(window.column, window_value_sql(window, alias="S", table=table))
                if window
                else "",
            )
        case "merge":
            return statement("merge_rows", **parts, **_merge_parts(_own_keys(table, destination.keys), table))


def write_files_statement(table: Table, *, dataset: str, staging: str, marker: str, refusal: str) -> str:
    """The statement that puts the rows of files in `staging` in the place of those that the table has of them.

    `marker` is the column of `staging` that says of which files it holds the rows, each once, in rows of its own.
    It fails with `refusal` where the table has rows of the pipeline that are of no file.
    """
    names = tuple(column.name for column in table.columns)
    values = [f"{_VALUE_BY_GIVEN_COLUMN.get(name, f'S.{quoted(name)}')} AS {quoted(name)}" for name in names]
    return statement(
        "load_files",
        target=quoted(dataset, table.name),
        staging=staging,
        marker=quoted(marker),
        file=quoted(SOURCE_FILE),
        pipeline=quoted("pipeline_id"),
        refusal=literal(refusal),
        columns=quoted_list(names),
        values=", ".join(values),
    )


def _value(name: str, table: Table, *, tells_file: bool) -> str:
    given = _VALUE_BY_GIVEN_COLUMN.get(name)
    if name == SOURCE_FILE and table.takes_json and not tells_file:
        given = "CAST(NULL AS STRING)"
    return f"{given} AS {quoted(name)}" if given else f"S.{quoted(name)} AS {quoted(name)}"


def _scope(table: Table, window: Window | None) -> str:
    conditions = []
    if table.has("pipeline_id"):
        conditions.append(f"T.{quoted('pipeline_id')} = @pipeline_id")
    if window is not None:
        conditions.append(table_window_sql(window, alias="T", table=table))
    return " AND ".join(conditions) or "TRUE"


def _checked(path: str, value: str) -> str:
    """What puts the value, which is an error in rows that may not be, in the place of the column's own."""
    return f" REPLACE ({value} AS {quoted(path_names(path)[0])})"


def _own_keys(table: Table, keys: Sequence[str]) -> tuple[str, ...]:
    # Where a table tells pipelines apart, one pipeline's rows are never updated by another's.
    return ("pipeline_id", *keys) if table.has("pipeline_id") and "pipeline_id" not in keys else tuple(keys)


def _merge_parts(keys: tuple[str, ...], table: Table) -> dict[str, str]:
    ours, theirs = ([TableColumn(key, alias, table) for key in keys] for alias in ("T", "S"))
    changed = [quoted(column.name) for column in table.columns if column.name not in keys]
    refusals = (
        f"WHEN {their.value} IS NULL THEN ERROR({literal(_NO_KEY.format(their.path))})" for their in theirs
    )
    return {
        "checked": _checked(keys[-1], f"CASE {' '.join(refusals)} ELSE {theirs[-1].root} END"),
        "same_keys_twice": literal(f"Several rows to merge have the same keys: {', '.join(keys)}"),
        "partition": ", ".join(their.value for their in theirs),
        "same_keys": " AND ".join(
            f"{our.value} = {their.value}" for our, their in zip(ours, theirs, strict=True)
        ),
        "assignments": ", ".join(f"{column} = S.{column}" for column in changed),
    }
