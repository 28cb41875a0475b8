"""No two rows have the same values."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.column_path import ColumnPath
from shared.domain.model import ADDED, Truth
from shared.domain.read_as import ReadAs
from shared.domain.rules.any_rule import AnyRule, Named, NamedColumn, Subject
from shared.domain.rules.compiled_rule import CompiledRule, fields_of, is_unreadable, row_verdict


class UniqueRule(AnyRule):
    """No two rows have the same values in `columns`; rows with a NULL in one of them don't count."""

    type: Literal["unique"]
    columns: Annotated[tuple[ColumnPath, ...], Field(min_length=1)]
    read_as: Annotated[
        ReadAs | None, ADDED, Field(alias="as", description="the type the columns are read as")
    ] = None
    optional: Annotated[
        Truth, ADDED, Field(description="whether the rule holds where no row has a field")
    ] = False

    @property
    def is_optional(self) -> bool:
        """Whether the rule holds where no row has a field."""
        return self.optional

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(
            columns=tuple(
                NamedColumn(path, ("columns", index), self.read_as) for index, path in enumerate(self.columns)
            )
        )

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        columns = tuple(map(subject.column, self.columns))
        values = [column.read_as(self.read_as) for column in columns]
        is_whole = " AND ".join(f"{value} IS NOT NULL" for value in values)
        texts = ", ".join(f"CAST({value} AS STRING)" for value in values)
        figure = (
            f"COUNTIF({is_whole}) - COUNT(DISTINCT IF({is_whole}, TO_JSON_STRING([{texts}]), NULL))"
            # What can't be compared fails: an object or an array, and with `as` what can't be read so.
            f" + COUNTIF({' OR '.join(map(is_unreadable, columns, values))})"
        )
        return CompiledRule(
            self,
            (figure,),
            row_verdict(self, "repeat another row's values"),
            fields=fields_of(*columns),
            is_optional=self.optional,
        )
