"""The SQL of a pipeline, held against the tables, parameters and destinations that its files declare."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from shared.config.beyond import Analysis, Refusal, SqlAnalyzer, TablePath
from shared.config.output_contract import Contract
from shared.config.position import Position
from shared.config.select_list import word_end
from shared.config.sql_names import names_of
from shared.config.sql_words import Surroundings, Words, words_for
from shared.domain.ids import TenantId
from shared.domain.pipeline import Address, Pipeline
from shared.domain.sql_parameter import SqlType, sql_types
from shared.domain.sql_text import plain_sql
from shared.domain.table import Table

_ALWAYS: Mapping[str, SqlType] = {
    "run_id": "STRING",
    "tenant_id": "STRING",
    "pipeline_id": "STRING",
    "run_date": "DATE",
}


@dataclass(frozen=True)
class SqlFound:
    """A problem of a SQL text, at a line and column of it, from 1; `end_column` is one past the wrong word."""

    line: int
    column: int
    end_column: int | None
    words: Words


@dataclass(frozen=True)
class SqlChecks:
    """Of one pipeline: what its SQL may name, by what is declared."""

    analyzer: SqlAnalyzer
    address: Address
    pipeline: Pipeline
    tables: Mapping[str, Table]

    def check_select(self, sql: str, *, into: Table | None, writer: str) -> Iterator[SqlFound]:
        """What is wrong with a SELECT that scope and syntax allow; `into` is the table that gets its rows by name."""
        text = plain_sql(sql).rstrip("; \t\r\n")
        found = self._analyze(text)
        if isinstance(found, Refusal):
            yield self._refused(found, text)
        elif found is not None and into is not None:
            for breach in Contract(text, found, into, writer, self.analyzer).breaches():
                words = Words(breach.kind, breach.message, suggestion=breach.suggestion)
                end = word_end(text, breach.at)
                yield SqlFound(breach.at.line, breach.at.column, end, words)

    def check_condition(self, expression: str, table: Table) -> Iterator[SqlFound]:
        """What is wrong with an expression that should be true of each row `T` of the table."""
        text = plain_sql(expression)
        before, after = _AROUND_CONDITION
        found = self._analyze(f"{before}{text}{after}`{table.name}` AS T")
        if isinstance(found, Refusal):
            lines = text.count("\n") + 1
            # What follows the expression is ours: it is the whole of it that is wrong then.
            line, column = (found.line - 1, found.column) if 1 <= found.line - 1 <= lines else (1, 1)
            yield self._refused(Refusal(line, column, found.message), text, tables=(table,))

    def _analyze(self, sql: str) -> Analysis | Refusal | None:
        tables = declared_tables(sql, self.tables, self.address.tenant_id)
        if tables is None:
            return None
        found = self.analyzer.analyze(sql, tables=tables, parameters=self._parameters)
        # What is called like a WITH of its own may be a table that is declared nowhere.
        return None if isinstance(found, Refusal) and found.message.startswith("Table not found") else found

    def _refused(self, refusal: Refusal, text: str, *, tables: tuple[Table, ...] = ()) -> SqlFound:
        named = tables or tuple((declared_tables(text, self.tables, self.address.tenant_id) or {}).values())
        columns = {table.name: tuple(column.name for column in table.columns) for table in named}
        place = "/".join((self.address.provider, self.address.domain, self.address.pipeline))
        ranges = tuple(name for name, each in self.pipeline.parameters.items() if each.type == "date_range")
        around = Surroundings(
            place, columns, tuple(self._parameters), ranges, names_of(text).select_count <= 1
        )
        end = word_end(text, Position(refusal.line, refusal.column))
        return SqlFound(refusal.line, refusal.column, end, words_for(refusal, around))

    @cached_property
    def _parameters(self) -> dict[str, SqlType]:
        own = (sql_types(name, each.type) for name, each in self.pipeline.parameters.items())
        return {**{name: kind for names in own for name, kind in names.items()}, **_ALWAYS}


_AROUND_CONDITION = ("SELECT COUNTIF((\n", "\n) IS NOT TRUE) AS failed FROM ")


def declared_tables(
    sql: str, tables: Mapping[str, Table], tenant_id: TenantId
) -> dict[TablePath, Table] | None:
    """The tables that a query names, by how it may name them; None where one of them is declared nowhere."""
    found: dict[TablePath, Table] = {}
    names = names_of(sql)
    for path in names.tables:
        is_own = len(path) == 1 or path[:-1] == (tenant_id,)
        table = tables.get(path[-1]) if is_own else None
        if table is not None:
            found |= {path: table, (".".join(path),): table}
        elif len(path) > 1 or path[0].lower() not in names.ctes:
            return None
    return found
