"""Create or verify the shared metadata: dataset, tables, views."""

from collections.abc import Iterator

from shared.config.standard_tables import METADATA_TABLES, METADATA_VIEWS, standard_table
from shared.ports import Tables
from shared.sql.statement import quoted, statement


def create_metadata(*, dataset: str, project: str, location: str, tables: Tables) -> Iterator[str]:
    """Make each in turn and yield a line about it. May be called again at any time; nothing is destroyed.

    Raises ConflictError where a table differs in a way that only a person may change.
    """
    tables.create_dataset(dataset, location=location, description="API keys and the history of every run")
    yield f"Created/verified metadata dataset: {project}.{dataset}"
    for name in METADATA_TABLES:
        tables.create_table(dataset, standard_table(name))
        yield f"Created/verified table: {project}.{dataset}.{name}"
    for name in METADATA_VIEWS:
        sql = statement(name, run_events=quoted(project, dataset, "run_events"))
        tables.create_view(dataset, name, sql=sql, description=sql.splitlines()[0].removeprefix("-- "))
        yield f"Created/verified table: {project}.{dataset}.{name} (view)"
