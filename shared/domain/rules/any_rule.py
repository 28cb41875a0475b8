"""What every rule has, and what is asked of every type of rule.

A type of rule is one module of this folder: its keys as a model, and of that two members. `named` tells what it names,
for whoever checks names or makes tables; `compiled` makes all of it that a query needs: SQL, parameters and verdict.
Neither has a default, so that a type in the union of `shared.domain.rule` that lacks one is a type error where it is
asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, Protocol

from pydantic import Field

from shared.domain.column_path import ColumnPath
from shared.domain.ids import Name, TableName
from shared.domain.model import ADDED, GrownModel, Model, Truth, WholeNumber
from shared.domain.read_as import ReadAs
from shared.domain.sql_quoting import literal, quoted
from shared.domain.table import Table
from shared.domain.table_column import TableColumn

Path = tuple[str | int, ...]


class AnyRule(GrownModel):
    """The keys of every rule."""

    id: Name
    description: str | None = None
    severity: Literal["error", "warn"] = "error"
    max_failures: Annotated[WholeNumber, Field(ge=0, description="failing rows that are tolerated")] = 0
    max_failure_percent: Annotated[
        Decimal | None,
        Field(
            ge=0,
            le=100,
            description="percentage of rows that may fail",
            # Of a text, which may be a number too.
            json_schema_extra={"pattern": r"^[0-9]{1,3}(\.[0-9]*)?$"},
        ),
    ] = None
    type: str

    @property
    def is_optional(self) -> bool:
        """Whether the rule holds where no row has a field that it names."""
        return False

    def contradictions(self, _: Table) -> tuple[tuple[Path, str], ...]:
        """Why it could never hold of the table as it is declared: places in the rule, each with what is wrong."""
        return ()


class ColumnRule(AnyRule):
    """The keys of a rule about a column."""

    column: ColumnPath
    read_as: Annotated[ReadAs | None, Field(alias="as", description="the type the column is read as")] = None
    optional: Annotated[
        Truth, ADDED, Field(description="whether the rule holds where no row has the field")
    ] = False

    @property
    def is_optional(self) -> bool:
        """Whether the rule holds where no row has the field."""
        return self.optional

    @property
    def own_column(self) -> "NamedColumn":
        """The column that it is about, as what it names."""
        return NamedColumn(self.column, ("column",), self.read_as)


class OtherColumn(Model):
    """A column of a table of the same tenant."""

    table: Annotated[TableName, Field(description="a table of the tenant")]
    column: ColumnPath


@dataclass(frozen=True)
class NamedColumn:
    """A column that a rule names at a place in itself; of the rule's own table, unless a `table` is named with it."""

    path: str
    place: Path
    read_as: ReadAs | None = None
    table: str | None = None


@dataclass(frozen=True)
class NamedText:
    """A text at a place in a rule: an expression, a pattern, or the name of a parameter."""

    text: str
    place: Path


@dataclass(frozen=True)
class NamedTable:
    """A table besides the rule's own; of one that is `in_scope` only the rows count that belong to the step."""

    name: str
    place: Path
    in_scope: bool = False


@dataclass(frozen=True)
class Named:
    """All that a rule names beyond itself."""

    columns: tuple[NamedColumn, ...] = ()
    tables: tuple[NamedTable, ...] = ()
    parameters: tuple[NamedText, ...] = ()
    """Of the pipeline, each a number."""
    ranges: tuple[NamedText, ...] = ()
    """Of the pipeline, each a range of days."""
    expressions: tuple[NamedText, ...] = ()
    patterns: tuple[NamedText, ...] = ()


class Statement(Protocol):
    """A statement of `shared/sql` with its parts filled in."""

    def __call__(self, name: str, **parts: str) -> str: ...


@dataclass(frozen=True)
class Subject:
    """The rows that a rule is about: `T` of the table, and those of the tenant's other tables, `O` in their queries.

    `index` is the rule's place in the step, after which its parameters are called; `scope` says which rows of another
    table belong to the step.
    """

    index: int
    table: Table
    dataset: str
    tables: Mapping[str, Table]
    scope: Callable[[Table], str]
    statement: Statement

    def column(self, path: str) -> TableColumn:
        """A column of the rows."""
        return TableColumn(path, "T", self.table)

    def other_column(self, other: OtherColumn) -> TableColumn:
        """A column of another table's rows."""
        return TableColumn(other.column, "O", self.tables[other.table])

    def values_elsewhere(self, value: str, table: str) -> str:
        """The values that the other table's rows have, as a query in brackets."""
        target = quoted(self.dataset, table)
        return f"({self.statement('values_elsewhere', value=value, target=target)})"

    def figure_elsewhere(self, figure: str, table: str) -> str:
        """An aggregate over those of the other table's rows that belong to the step, as a query in brackets."""
        target, scope = quoted(self.dataset, table), self.scope(self.tables[table])
        return f"({self.statement('figure_elsewhere', figure=figure, target=target, scope=scope)})"

    @property
    def columns_of_table(self) -> str:
        """The table's columns and types one a line, as a query in brackets."""
        names = {"dataset": quoted(self.dataset), "table": literal(self.table.name)}
        return f"({self.statement('columns_of_table', **names)})"

    def name(self, name: str) -> str:
        """What the rule's own parameter or column is called in the query."""
        return f"rule_{self.index}_{name}"
