"""What must hold of a source in BigQuery and of the pipeline that reads it."""

from collections.abc import Iterator

from shared.config import kinds
from shared.config.column_checks import check_window
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.recipe_checks import check_rows_read
from shared.config.sql_scope import SqlScope, check_query, named_tables
from shared.config.tenant_sql import is_forbidden
from shared.domain.pipeline import Pipeline
from shared.sources.bigquery.source import BigQuerySource


def check_source(
    source: BigQuerySource, place: Place, *, reading: Reading, pipeline: Pipeline | None
) -> Iterator[ConfigProblem]:
    """Windows that the pipeline has no days for, tables that may not be read, and SQL that is wrong.

    Only a pipeline's source is looked at: a table is read by nobody before.
    """
    if pipeline is None:
        return
    if source.window is not None:
        yield from check_window(source.window, pipeline, place.at("window"), table=None)
    if source.table is not None and is_forbidden(reading, source.table):
        yield place.at("table").problem(
            kinds.OUT_OF_REACH, f"'{source.table}' may not be read by this tenant"
        )
    if source.query is not None:
        yield from _query_problems(source.query, pipeline, place.at("query"), reading=reading)


def _query_problems(
    query: str, pipeline: Pipeline, place: Place, *, reading: Reading
) -> Iterator[ConfigProblem]:
    allowed = frozenset(name for name in named_tables(query) if not is_forbidden(reading, name))
    yield from check_rows_read(query, pipeline, tenant_id=reading.tenant_id, place=place)
    for problem in check_query(query, SqlScope(reading.tenant_id, allowed)):
        yield place.problem(problem.kind, f"line {problem.line}: {problem.message}")
