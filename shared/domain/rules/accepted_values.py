"""Values come from a list."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, model_validator

from shared.domain.model import is_recorded
from shared.domain.rules.any_rule import ColumnRule, Named, Subject
from shared.domain.rules.bounds import canonical_or_none, require_readable, shown
from shared.domain.rules.compiled_rule import CompiledRule, compiled_of_column
from shared.domain.sql_parameter import SqlParameter
from shared.domain.table_column import SQL_TYPE_BY_READ_AS


class AcceptedValuesRule(ColumnRule):
    """Values come from a list; NULL is no value. With `as`, they are compared as that type."""

    type: Literal["accepted_values"]
    values: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _readable_values(self, info: ValidationInfo) -> "AcceptedValuesRule":
        for value in () if is_recorded(info) else self.values:
            require_readable(value, self.read_as or "string", what=shown(value))
        return self

    @property
    def canonical_values(self) -> tuple[str, ...]:
        """The values as texts of their type; not those that no value of the type can be, as runs of before may have."""
        texts = (canonical_or_none(value, self.read_as or "string") for value in self.values)
        return tuple(text for text in texts if text is not None)

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(columns=(self.own_column,))

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column, name = subject.column(self.column), subject.name("values")
        value = column.compared_as(self.read_as)
        sql_type = SQL_TYPE_BY_READ_AS[self.read_as or "string"]
        return compiled_of_column(
            self,
            column,
            figure=f"COUNTIF({column.is_given} AND ({value} IN UNNEST(@{name})) IS NOT TRUE)",
            breach="have a value that is not accepted",
            parameters=(SqlParameter(name=name, type=sql_type, value=self.canonical_values),),
        )
