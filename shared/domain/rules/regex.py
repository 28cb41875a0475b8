"""Values match a pattern."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.rules.any_rule import ColumnRule, Named, NamedText, Subject
from shared.domain.rules.compiled_rule import CompiledRule, compiled_of_column
from shared.domain.sql_parameter import SqlParameter


class RegexRule(ColumnRule):
    """Values match the RE2 pattern somewhere; write ^ and $ for all of the value."""

    type: Literal["regex"]
    pattern: Annotated[str, Field(min_length=1)]

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(
            columns=(self.own_column,),
            patterns=(NamedText(self.pattern, ("pattern",)),),
        )

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column, name = subject.column(self.column), subject.name("pattern")
        text = f"CAST({column.read_as(self.read_as)} AS STRING)"
        return compiled_of_column(
            self,
            column,
            figure=f"COUNTIF({column.is_given} AND REGEXP_CONTAINS({text}, @{name}) IS NOT TRUE)",
            breach="don't match the pattern",
            parameters=(SqlParameter(name=name, type="STRING", value=self.pattern),),
        )
