"""Google's own analyzer of GoogleSQL, as the checks of configuration ask it.

The one module of the command line that imports the analyzer, which not every installation has.
"""

import re
from collections.abc import Mapping
from functools import cache

from local.bigquery.googlesql.analyzer import Analyzer, NamedTable
from local.bigquery.googlesql.library import Library
from local.bigquery.googlesql.types import GoogleType, type_of_proto, type_of_rest
from local.bigquery.problem import ApiError
from shared.config.beyond import Analysis, Refusal, TablePath
from shared.domain.sql_parameter import SqlType
from shared.domain.sql_place import column_of
from shared.domain.table import ColumnType, Table, ddl_type

_PLACED = re.compile(r"(?P<message>.*) at \[(?P<line>\d+):(?P<column>\d+)\]$", re.DOTALL)
_Question = tuple[str, tuple[tuple[TablePath, tuple[tuple[str, str], ...]], ...], tuple[tuple[str, str], ...]]


class GoogleAnalyzer:
    """SqlAnalyzer by Google's analyzer, which it loads when it is first asked. The same question is asked once."""

    def __init__(self) -> None:
        self._analyzer = Analyzer(Library())
        self._answers: dict[_Question, Analysis | Refusal | None] = {}
        self._is_taken = cache(self._ask_whether_taken)

    def analyze(
        self, sql: str, *, tables: Mapping[TablePath, Table], parameters: Mapping[str, SqlType]
    ) -> Analysis | Refusal | None:
        """What one SELECT delivers, or why it is none."""
        columns = tuple(
            (path, tuple((column.name, str(column.type)) for column in table.columns))
            for path, table in sorted(tables.items())
        )
        question = (sql, columns, tuple(parameters.items()))
        if question not in self._answers:
            self._answers[question] = self._ask(sql, columns, parameters)
        return self._answers[question]

    def takes(self, column_type: ColumnType, sql_type: str) -> bool:
        """Whether a column takes values of a type without a cast."""
        return self._is_taken(ddl_type(column_type), sql_type)

    def _ask(
        self,
        sql: str,
        columns: tuple[tuple[TablePath, tuple[tuple[str, str], ...]], ...],
        parameters: Mapping[str, SqlType],
    ) -> Analysis | Refusal | None:
        named = {
            path: NamedTable(tuple((name, type_of_rest({"type": kind})) for name, kind in of_table))
            for path, of_table in columns
        }
        types = {name: GoogleType(kind) for name, kind in parameters.items()}
        try:
            statement = self._analyzer.analyze(sql, named, parameters=types)
            query = getattr(statement, statement.WhichOneof("node"))
            return Analysis(
                tuple((each.name, type_of_proto(each.column.type).sql) for each in query.output_column_list)
            )
        except ApiError as error:
            return _refusal(sql, error)
        except (AttributeError, KeyError):  # no SELECT, or a type of another product's
            return None

    def _ask_whether_taken(self, wanted: str, given: str) -> bool:
        table = NamedTable((("value", GoogleType(wanted)),))
        try:
            self._analyzer.analyze(_INSERT.replace("ANY_TYPE", given), {("target",): table})
        except ApiError:
            return False
        return True


_INSERT = "INSERT INTO target (value) SELECT S.value FROM (SELECT CAST(NULL AS ANY_TYPE) AS value) AS S"


def _refusal(sql: str, error: ApiError) -> Refusal | None:
    """None for what the analyzer doesn't know and BigQuery may, and for what has no place."""
    match = _PLACED.match(error.message)
    if error.reason != "invalidQuery" or match is None:
        return None
    line = int(match["line"])
    lines = sql.split("\n")
    text = lines[line - 1] if line <= len(lines) else ""
    return Refusal(line, column_of(text, int(match["column"])), match["message"])
