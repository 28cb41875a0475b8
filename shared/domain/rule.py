"""Something that must hold of the rows."""

from typing import Annotated, get_args

from pydantic import Field, model_validator

from shared.domain.errors import TwiceError
from shared.domain.model import Model
from shared.domain.rules.accepted_values import AcceptedValuesRule
from shared.domain.rules.anomaly import AnomalyRule
from shared.domain.rules.any_rule import AnyRule
from shared.domain.rules.column_type import ColumnTypeRule
from shared.domain.rules.compare_to_previous import CompareToPreviousRule
from shared.domain.rules.date_gaps import DateGapsRule
from shared.domain.rules.distinct_count import DistinctCountRule
from shared.domain.rules.expression import ExpressionRule
from shared.domain.rules.foreign_key import ForeignKeyRule
from shared.domain.rules.freshness import FreshnessRule
from shared.domain.rules.length import LengthRule
from shared.domain.rules.mean import MeanRule
from shared.domain.rules.monotonic import MonotonicRule
from shared.domain.rules.not_null import NotNullRule
from shared.domain.rules.range import RangeRule
from shared.domain.rules.regex import RegexRule
from shared.domain.rules.row_count import RowCountRule
from shared.domain.rules.schema import SchemaRule
from shared.domain.rules.sum_equals import SumEqualsRule
from shared.domain.rules.unique import UniqueRule

Rule = Annotated[
    NotNullRule
    | UniqueRule
    | AcceptedValuesRule
    | RangeRule
    | RegexRule
    | RowCountRule
    | FreshnessRule
    | ExpressionRule
    | LengthRule
    | ForeignKeyRule
    | SumEqualsRule
    | MeanRule
    | DistinctCountRule
    | MonotonicRule
    | DateGapsRule
    | ColumnTypeRule
    | SchemaRule
    | AnomalyRule
    | CompareToPreviousRule,
    Field(discriminator="type"),
]
"""Every type of rule: the one list of them."""


def rule_types() -> dict[str, type[AnyRule]]:
    """The models of the types of rule, by the word that says which."""
    models: tuple[type[AnyRule], ...] = get_args(get_args(Rule)[0])
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in models}


class RuleSet(Model):
    """`dq_rules/<name>.yml`."""

    description: str | None = None
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_once(self) -> "RuleSet":
        index_by_id: dict[str, int] = {}
        for index, rule in enumerate(self.rules):
            first = index_by_id.setdefault(rule.id, index)
            if first != index:
                raise TwiceError(
                    f"'{rule.id}' is already the id of the rule in {{line}}; give one of them another id",
                    at=("rules", index, "id"),
                    beside=("rules", first, "id"),
                )
        return self
