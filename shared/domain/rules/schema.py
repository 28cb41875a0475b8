"""The table has the columns that it should have."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.ids import ColumnName
from shared.domain.message import listed
from shared.domain.model import Truth
from shared.domain.rules.any_rule import AnyRule, Named, Path, Subject
from shared.domain.rules.compiled_rule import CompiledRule, Found, Verdict
from shared.domain.table import ColumnType, Table, ddl_type


class SchemaRule(AnyRule):
    """The table has these columns, of these types; with `exact`, no others. Rows have no part in it."""

    type: Literal["schema"]
    columns: Annotated[dict[ColumnName, ColumnType], Field(min_length=1, description="the types by column")]
    exact: Annotated[Truth, Field(description="whether the table may have no other columns")] = False

    @property
    def named(self) -> Named:
        """What it names: columns that need not be there, so that it is for `contradictions` to look for them."""
        return Named()

    def contradictions(self, table: Table) -> tuple[tuple[Path, str], ...]:
        """Columns that the table is declared without, or with another type, and ones that it has besides."""
        declared = {column.name.lower(): ddl_type(column.type) for column in table.columns}
        found: list[tuple[Path, str]] = []
        for name, column_type in self.columns.items():
            has = declared.get(name.lower())
            if has is None:
                found.append((("columns", name), f"'{table.name}' is declared without a column {name}"))
            elif has != ddl_type(column_type):
                found.append((("columns", name), f"'{name}' is declared as {has}"))
        besides = [name for name in declared if name not in self._wanted] if self.exact else []
        if besides:
            found.append((("exact",), f"'{table.name}' is declared with {listed(besides)} besides"))
        return tuple(found)

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's table."""
        return CompiledRule(self, (subject.columns_of_table,), self._verdict)

    @property
    def _wanted(self) -> dict[str, str]:
        return {name.lower(): ddl_type(column_type) for name, column_type in self.columns.items()}

    def _verdict(self, found: Found) -> Verdict:
        has = read_columns(found.text(0))
        wrong = [
            f"{name} is {has[name]} and not {wanted}" if name in has else f"there is no {name}"
            for name, wanted in self._wanted.items()
            if has.get(name) != wanted
        ]
        if self.exact:
            wrong += [f"there is {name} besides" for name in has if name not in self._wanted]
        told = listed(wrong, separator="; ") if wrong else "the table has the columns"
        return Verdict(not wrong, 0, told)


def read_columns(text: str | None) -> dict[str, str]:
    """Types by column, in lower case, of `columns_of_table`; a type without what it has in brackets."""
    pairs = (line.partition(" ") for line in (text or "").splitlines())
    return {name.lower(): column_type.partition("(")[0] for name, _, column_type in pairs}
