"""The figures are near those of the last run."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from shared.domain.rules.any_rule import Named, Subject
from shared.domain.rules.bounds import DECIMAL
from shared.domain.rules.compiled_rule import CompiledRule, Found, Verdict
from shared.domain.rules.figure_rule import FigureRule, is_apart


class CompareToPreviousRule(FigureRule):
    """The rows, and with `column` its sum, are within `percent` of what the last run had that succeeded."""

    type: Literal["compare_to_previous"]
    percent: Annotated[
        Decimal,
        Field(
            ge=0,
            description="how far both may be from the last run's, in percent of it",
            json_schema_extra=DECIMAL,
        ),
    ]

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
        if not found.earlier:
            told = f"the {self.what} {figure:f}; there is no earlier run to compare it with"
            return Verdict(True, failed, told, figure)
        last = found.earlier[0]
        pairs = [("the number of rows is", Decimal(found.rows_checked), Decimal(last.rows))]
        if self.column is not None:
            pairs.append((f"the sum of {self.column} is", figure, last.figure))
        far = [
            f"{name} {now:f} where the last run had {before:f}"
            for name, now, before in pairs
            if is_apart(now, before, percent=self.percent)
        ]
        near = f"within {self.percent:f} % of the last run's {last.rows} rows"
        return Verdict(not far, failed, " and ".join(far) if far else near, figure)
