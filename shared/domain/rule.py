"""Something that must hold of the rows."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, model_validator

from shared.domain.column_path import ColumnPath
from shared.domain.errors import TwiceError
from shared.domain.ids import Name
from shared.domain.message import shortened
from shared.domain.model import ADDED, GrownModel, Model, Truth, WholeNumber, is_recorded
from shared.domain.read_as import ReadAs, canonical_text
from shared.domain.stated_keys import some_of

_SOME_BOUND = ConfigDict(json_schema_extra=some_of("minimum", "maximum"))


class _Rule(GrownModel):
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


class _ColumnRule(_Rule):
    column: ColumnPath
    read_as: Annotated[ReadAs | None, Field(alias="as", description="the type the column is read as")] = None
    optional: Annotated[
        Truth, ADDED, Field(description="whether the rule holds where no row has the field")
    ] = False


class NotNullRule(_ColumnRule):
    """Every row has a value; with `as`, one that can be read so."""

    type: Literal["not_null"]


class UniqueRule(_Rule):
    """No two rows have the same values in `columns`; rows with a NULL in one of them don't count."""

    type: Literal["unique"]
    columns: Annotated[tuple[ColumnPath, ...], Field(min_length=1)]
    read_as: Annotated[
        ReadAs | None, ADDED, Field(alias="as", description="the type the columns are read as")
    ] = None
    optional: Annotated[
        Truth, ADDED, Field(description="whether the rule holds where no row has a field")
    ] = False


class AcceptedValuesRule(_ColumnRule):
    """Values come from a list; NULL is no value. With `as`, they are compared as that type."""

    type: Literal["accepted_values"]
    values: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _readable_values(self, info: ValidationInfo) -> "AcceptedValuesRule":
        for value in () if is_recorded(info) else self.values:
            _require_readable(value, self.read_as or "string", what=f"'{shortened(value, longest=24)}'")
        return self

    @property
    def canonical_values(self) -> tuple[str, ...]:
        """The values as texts of their type; not those that no value of the type can be, as runs of before may have."""
        texts = (_canonical_or_none(value, self.read_as or "string") for value in self.values)
        return tuple(text for text in texts if text is not None)


def _canonical_or_none(text: str, read_as: ReadAs) -> str | None:
    try:
        return canonical_text(text, read_as)
    except ValueError:
        return None


def _require_readable(text: str, read_as: ReadAs, *, what: str) -> None:
    try:
        canonical_text(text, read_as)
    except ValueError as error:
        raise ValueError(f"{what} can't be read as {read_as}") from error


class RangeRule(_ColumnRule):
    """Values lie between `minimum` and `maximum`, both included."""

    model_config = _SOME_BOUND

    type: Literal["range"]
    read_as: Annotated[Literal["integer", "number", "date", "timestamp"], Field(alias="as")] = "number"
    minimum: str | WholeNumber | Decimal | None = None
    maximum: str | WholeNumber | Decimal | None = None

    @model_validator(mode="after")
    def _some_bound(self, info: ValidationInfo) -> "RangeRule":
        if not self.bounds:
            raise ValueError("needs 'minimum', 'maximum' or both")
        for name, bound in () if is_recorded(info) else self.bounds:
            _require_readable(bound, self.read_as, what=f"'{name}'")
        return self

    @property
    def bounds(self) -> tuple[tuple[str, str], ...]:
        """The bounds that there are, each with its name."""
        both = (("minimum", self.minimum), ("maximum", self.maximum))
        return tuple((name, str(bound)) for name, bound in both if bound is not None)

    @property
    def canonical_bounds(self) -> tuple[tuple[str, str], ...]:
        """The bounds as texts of their type; as recorded, where a run of before has one that is written otherwise."""
        return tuple((name, _canonical_or_none(bound, self.read_as) or bound) for name, bound in self.bounds)


class RegexRule(_ColumnRule):
    """Values match the RE2 pattern somewhere; write ^ and $ for all of the value."""

    type: Literal["regex"]
    pattern: Annotated[str, Field(min_length=1)]


class RowCountRule(_Rule):
    """There are at least `minimum` and at most `maximum` rows."""

    model_config = _SOME_BOUND

    type: Literal["row_count"]
    minimum: Annotated[WholeNumber | None, Field(ge=0)] = None
    maximum: Annotated[WholeNumber | None, Field(ge=0)] = None

    @model_validator(mode="after")
    def _some_bound(self) -> "RowCountRule":
        if self.minimum is None and self.maximum is None:
            raise ValueError("needs 'minimum', 'maximum' or both")
        return self


class FreshnessRule(_ColumnRule):
    """The newest value is at most `max_age_hours` old when the rule is applied, and not in the future."""

    type: Literal["freshness"]
    read_as: Annotated[Literal["date", "timestamp"], Field(alias="as")] = "timestamp"
    max_age_hours: Annotated[WholeNumber, Field(ge=1)]


class ExpressionRule(_Rule):
    """A boolean GoogleSQL expression that is true for every row; NULL is not true."""

    type: Literal["expression"]
    expression: Annotated[str, Field(min_length=1)]


Rule = Annotated[
    NotNullRule
    | UniqueRule
    | AcceptedValuesRule
    | RangeRule
    | RegexRule
    | RowCountRule
    | FreshnessRule
    | ExpressionRule,
    Field(discriminator="type"),
]


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


class RuleResult(GrownModel):
    """What came of one rule: how many rows failed it, of how many.

    A rule that could not be `evaluated` did not pass, and nobody knows how many rows fail it.
    """

    rule_id: str
    rule_type: str
    severity: Literal["error", "warn"]
    evaluated: Annotated[bool, ADDED] = True
    passed: bool
    rows_checked: int
    rows_failed: int | None
    message: str
