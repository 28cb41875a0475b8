"""Values lie between two bounds."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, model_validator

from shared.domain.rules.any_rule import ColumnRule, Named, Subject
from shared.domain.rules.bounds import SOME_BOUND, Bound, canonical_or_none, given_bounds, require_bounds
from shared.domain.rules.compiled_rule import CompiledRule, compiled_of_column
from shared.domain.sql_parameter import SqlParameter
from shared.domain.table_column import SQL_TYPE_BY_READ_AS

_SIGN_BY_NAME = {"minimum": ">=", "maximum": "<="}


class RangeRule(ColumnRule):
    """Values lie between `minimum` and `maximum`, both included."""

    model_config = SOME_BOUND

    type: Literal["range"]
    read_as: Annotated[Literal["integer", "number", "date", "timestamp"], Field(alias="as")] = "number"
    minimum: Bound = None
    maximum: Bound = None

    @model_validator(mode="after")
    def _some_bound(self, info: ValidationInfo) -> "RangeRule":
        require_bounds(self.bounds, self.read_as, info)
        return self

    @property
    def bounds(self) -> tuple[tuple[str, str], ...]:
        """The bounds that there are, each with its name."""
        return given_bounds(self.minimum, self.maximum)

    @property
    def canonical_bounds(self) -> tuple[tuple[str, str], ...]:
        """The bounds as texts of their type; as recorded, where a run of before has one that is written otherwise."""
        return tuple((name, canonical_or_none(bound, self.read_as) or bound) for name, bound in self.bounds)

    @property
    def named(self) -> Named:
        """What it names."""
        return Named(columns=(self.own_column,))

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        column = subject.column(self.column)
        value, sql_type = column.read_as(self.read_as), SQL_TYPE_BY_READ_AS[self.read_as]
        tests = (f"{value} {_SIGN_BY_NAME[name]} @{subject.name(name)}" for name, _ in self.bounds)
        return compiled_of_column(
            self,
            column,
            figure=f"COUNTIF({column.is_given} AND ({' AND '.join(tests)}) IS NOT TRUE)",
            breach="are out of range",
            parameters=tuple(
                SqlParameter(name=subject.name(name), type=sql_type, value=bound)
                for name, bound in self.canonical_bounds
            ),
        )
