"""The SELECT of the rows of a source in BigQuery."""

from shared.domain.sql_text import plain_select
from shared.sources.bigquery.source import BigQuerySource
from shared.sql.statement import quoted, quoted_list, statement
from shared.steps.column_sql import column_sql, window_sql


def build_query(source: BigQuerySource) -> str:
    """Its own query, or its table's rows of the days that are meant."""
    return plain_select(source.query) if source.query is not None else _table_query(source)


def _table_query(source: BigQuerySource) -> str:
    window = source.window
    return statement(
        "source_rows",
        columns=quoted_list(source.columns) or "*",
        source=quoted(*(source.table or "").split(".")) + " AS source",
        window=window_sql(column_sql(window.column, alias="source"), window) if window else "TRUE",
    )
