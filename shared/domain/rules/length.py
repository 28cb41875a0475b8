"""Texts are neither too short nor too long."""

from typing import Literal

from pydantic import ValidationInfo, model_validator

from shared.domain.rules.any_rule import ColumnRule, Named, Subject
from shared.domain.rules.bounds import SOME_BOUND, CountBound, given_bounds, require_bounds
from shared.domain.rules.compiled_rule import CompiledRule, compiled_of_column
from shared.domain.sql_parameter import SqlParameter

_SIGN_BY_NAME = {"minimum": ">=", "maximum": "<="}


class LengthRule(ColumnRule):
    """Values have at least `minimum` and at most `maximum` characters; NULL is no value."""

    model_config = SOME_BOUND

    type: Literal["length"]
    minimum: CountBound = None
    maximum: CountBound = None

    @model_validator(mode="after")
    def _some_bound(self, info: ValidationInfo) -> "LengthRule":
        require_bounds(self.bounds, "integer", info)
        return self

    @property
    def bounds(self) -> tuple[tuple[str, str], ...]:
        """The bounds that there are, each with its name."""
        return given_bounds(self.minimum, self.maximum)

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(columns=(self.own_column,))

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column = subject.column(self.column)
        length = f"CHAR_LENGTH(CAST({column.read_as(self.read_as)} AS STRING))"
        tests = (f"{length} {_SIGN_BY_NAME[name]} @{subject.name(name)}" for name, _ in self.bounds)
        return compiled_of_column(
            self,
            column,
            figure=f"COUNTIF({column.is_given} AND ({' AND '.join(tests)}) IS NOT TRUE)",
            breach="are too short or too long",
            parameters=tuple(
                SqlParameter(name=subject.name(name), type="INT64", value=bound)
                for name, bound in self.bounds
            ),
        )
