"""What must hold of a database as a source: it may be reached, and its query reads and has its parameters."""

from collections.abc import Iterator

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.domain.pipeline import Pipeline
from shared.domain.sql_parameter import sql_names
from shared.sources.sql_database.query_text import QueryTextError, parse_query
from shared.sources.sql_database.source import SqlDatabaseSource


def check_source(
    source: SqlDatabaseSource, place: Place, *, reading: Reading, pipeline: Pipeline | None
) -> Iterator[ConfigProblem]:
    """Hosts that may not be reached, and queries that write or ask for what the pipeline doesn't have."""
    reason = reading.egress.refusal(source.host, source.port_number, encrypted=True)
    if reason is not None:
        yield place.at("host").problem(kinds.OUT_OF_REACH, f"'{source.host}' {reason}")
    elif not source.is_encrypted:
        plain = reading.egress.refusal_of_plain_sql(source.host, source.port_number)
        if plain is not None:
            yield place.at("sslmode").problem(kinds.OUT_OF_REACH, f"'{source.host}' {plain}")
    yield from _check_query(source, place.at("query"), pipeline)
    window = source.window
    if window is not None and pipeline is not None:
        ranges = tuple(name for name, value in pipeline.parameters.items() if value.type == "date_range")
        if window.parameter not in ranges:
            yield place.at("window", "parameter").unknown(
                kinds.UNKNOWN_PARAMETER,
                window.parameter,
                ranges,
                what="a date_range parameter of this pipeline",
            )


def _check_query(
    source: SqlDatabaseSource, place: Place, pipeline: Pipeline | None
) -> Iterator[ConfigProblem]:
    if source.query is None:
        return
    try:
        query = parse_query(source.query, source.dialect)
    except QueryTextError as error:
        yield place.problem(kinds.REFUSED_SQL, str(error))
        return
    if pipeline is None:
        return
    known = tuple(
        called for name, value in pipeline.parameters.items() for called in sql_names(name, value.type)
    )
    for name in query.names:
        if name not in known:
            what = "a parameter of this pipeline, or an end of its date range"
            yield place.unknown(kinds.UNKNOWN_PARAMETER, name, known, what=what)
