"""A condition in SQL."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.rules.any_rule import AnyRule, Named, NamedText, Subject
from shared.domain.rules.compiled_rule import CompiledRule, row_verdict
from shared.domain.sql_text import plain_sql


class ExpressionRule(AnyRule):
    """A boolean GoogleSQL expression that is true for every row; NULL is not true."""

    type: Literal["expression"]
    expression: Annotated[str, Field(min_length=1)]

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(expressions=(NamedText(self.expression, ("expression",)),))

    def compiled(self, _: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        own = plain_sql(self.expression).strip()
        return CompiledRule(
            self,
            (f"COUNTIF(({own}) IS NOT TRUE)",),
            row_verdict(self, "don't satisfy the expression"),
            own_sql=own,
        )
