"""Tables that an attempt's rows are loaded into before one statement puts them where they belong."""

from collections.abc import Iterable

from shared.domain.job import QueryJob
from shared.domain.plan import PlannedIngest
from shared.domain.table import Column, Table, ddl_type
from shared.sql.statement import quoted, statement
from shared.steps.attempt import Attempt


def staging_table(
    step: PlannedIngest, attempt: Attempt, columns: Iterable[Column], *, suffix: str = ""
) -> Table:
    """The attempt's own table of these columns; `suffix` tells several of them apart."""
    rows_of = attempt.rows_of.replace("-", "")
    name = f"staging_{step.table.name}_{rows_of}_{step.number}_{attempt.number_in_all}{suffix}"
    return Table(name=name, columns=tuple(columns))


def creation_of(table: Table, attempt: Attempt, *, part: str) -> QueryJob:
    """The job that makes it."""
    columns = ",\n".join(f"  {quoted(column.name)} {ddl_type(column.type)}" for column in table.columns)
    return attempt.query(
        statement("create_staging", target=_target(table, attempt), columns=columns), part=part
    )


def drop_of(table: Table, attempt: Attempt, *, part: str = "drop") -> QueryJob:
    """The job that drops it. One that stays behind expires."""
    return attempt.query(statement("drop_staging", target=_target(table, attempt)), part=part)


def _target(table: Table, attempt: Attempt) -> str:
    return quoted(attempt.plan.tenant_id, table.name)
