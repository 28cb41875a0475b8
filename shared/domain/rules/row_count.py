"""So many rows."""

from typing import Literal

from pydantic import ValidationInfo, model_validator

from shared.domain.rules.any_rule import AnyRule, Named, Subject
from shared.domain.rules.bounds import SOME_BOUND, CountBound, given_bounds, require_bounds
from shared.domain.rules.compiled_rule import CompiledRule, Found, Verdict


class RowCountRule(AnyRule):
    """There are at least `minimum` and at most `maximum` rows."""

    model_config = SOME_BOUND

    type: Literal["row_count"]
    minimum: CountBound = None
    maximum: CountBound = None

    @model_validator(mode="after")
    def _some_bound(self, info: ValidationInfo) -> "RowCountRule":
        require_bounds(given_bounds(self.minimum, self.maximum), "integer", info)
        return self

    @property
    def named(self) -> Named:
        """What it names: nothing."""
        return Named()

    def compiled(self, _: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        return CompiledRule(self, ("COUNT(*)",), self._verdict)

    def _verdict(self, found: Found) -> Verdict:
        rows = found.rows_checked
        if self.minimum is not None and rows < self.minimum:
            return Verdict(False, 0, f"there are {rows} rows, at least {self.minimum} are needed")
        if self.maximum is not None and rows > self.maximum:
            return Verdict(False, 0, f"there are {rows} rows, at most {self.maximum} may be")
        return Verdict(True, 0, f"there are {rows} rows")
