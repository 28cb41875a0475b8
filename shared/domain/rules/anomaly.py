"""The figure is none that stands out from those of the last runs."""

from decimal import Decimal, localcontext
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, model_validator

from shared.domain.model import WholeNumber, is_recorded
from shared.domain.rules.any_rule import Named, Subject
from shared.domain.rules.bounds import DECIMAL
from shared.domain.rules.compiled_rule import CompiledRule, Found, Verdict
from shared.domain.rules.figure_rule import ENOUGH_DIGITS, FigureRule, is_apart
from shared.domain.stated_keys import one_of


class AnomalyRule(FigureRule):
    """The number of rows, or the sum of `column`, doesn't stand out from those of the last runs that succeeded.

    With `z_score`, it is at most so many standard deviations from their mean; with `percent`, within so much of it.
    """

    model_config = ConfigDict(json_schema_extra=one_of("z_score", "percent"))

    type: Literal["anomaly"]
    z_score: Annotated[
        Decimal | None, Field(gt=0, description="standard deviations", json_schema_extra=DECIMAL)
    ] = None
    percent: Annotated[
        Decimal | None, Field(ge=0, description="percent of the mean", json_schema_extra=DECIMAL)
    ] = None
    runs: Annotated[WholeNumber, Field(ge=2, le=100, description="how many of the last runs count")] = 14
    minimum_runs: Annotated[
        WholeNumber, Field(ge=2, description="with fewer than so many, the rule holds and says so")
    ] = 5

    @model_validator(mode="after")
    def _one_measure(self, info: ValidationInfo) -> "AnomalyRule":
        if (self.z_score is None) == (self.percent is None):
            raise ValueError("needs one of 'z_score' and 'percent'")
        if self.minimum_runs > self.runs and not is_recorded(info):
            raise ValueError("'minimum_runs' is above 'runs', so the rule would never judge")
        return self

    @property
    def named(self) -> Named:
        """What it names."""
        return self.named_column

    def compiled(self, subject: Subject) -> CompiledRule:
        """The rule over the subject's rows."""
        return self.compiled_figure(subject, self._verdict)

    def _verdict(self, found: Found) -> Verdict:
        broken = self.unreadable(found)
        if broken is not None:
            return broken
        figure, failed = self.figure_in(found), self.unreadable_in(found)
        earlier = [each.figure for each in found.earlier[: self.runs]]
        told = f"the {self.what} {figure:f}"
        if len(earlier) < self.minimum_runs:
            few = f"{told}; {len(earlier)} earlier runs are there, of {self.minimum_runs} that it takes to judge"
            return Verdict(True, failed, few, figure)
        with localcontext(prec=ENOUGH_DIGITS):
            mean = sum(earlier, Decimal(0)) / len(earlier)
            variance = sum(((each - mean) ** 2 for each in earlier), Decimal(0)) / (len(earlier) - 1)
            is_far = self._is_far(figure, mean, variance)
        compared = f"{told}; the mean of the last {len(earlier)} runs is {float(mean):,.6g}"
        if self.z_score is not None:
            compared += f", their standard deviation {float(variance.sqrt()):,.6g}"
        return Verdict(not is_far, failed, compared, figure)

    def _is_far(self, figure: Decimal, mean: Decimal, variance: Decimal) -> bool:
        if self.z_score is not None:
            # Squared, so that no root is rounded; where all were alike, any other figure stands out.
            return (figure - mean) ** 2 > self.z_score**2 * variance
        return is_apart(figure, mean, percent=self.percent or Decimal(0))
