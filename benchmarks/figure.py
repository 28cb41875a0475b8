"""What was measured: a number with its unit, and the bound that it is held against where there is one."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Aim:
    """A bound to reach. It is shown beside the figure; missing it fails nothing."""

    bound: float
    side: Literal["at most", "at least"] = "at most"

    def is_met_by(self, value: float) -> bool:
        return value <= self.bound if self.side == "at most" else value >= self.bound


@dataclass(frozen=True)
class Figure:
    """One row of a table. `value` is None where nothing was measured; `note` then says why."""

    group: str
    what: str
    value: float | None
    unit: str
    aim: Aim | None = None
    note: str = ""


class MeasureError(Exception):
    """A figure can't be had; the message says why."""


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of all are not above (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
