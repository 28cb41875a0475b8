"""What came of a rule."""

from typing import Annotated, Literal

from shared.domain.model import ADDED, GrownModel


class RuleResult(GrownModel):
    """What came of one rule: how many rows failed it, of how many.

    A rule that could not be `evaluated` did not pass, and nobody knows how many rows fail it. One that compares runs
    records its `figure`, an exact decimal; `figure_of` tells which others it can be held against, `figure_days` which
    days it is about.
    """

    rule_id: str
    rule_type: str
    severity: Literal["error", "warn"]
    evaluated: Annotated[bool, ADDED] = True
    passed: bool
    rows_checked: int
    rows_failed: int | None
    message: str
    figure: Annotated[str | None, ADDED] = None
    figure_of: Annotated[str | None, ADDED] = None
    figure_days: Annotated[str | None, ADDED] = None
