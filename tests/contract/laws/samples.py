"""Many values of a strategy at once, for laws whose check is one query over all of them."""

import os
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

_Value = TypeVar("_Value")


def samples(strategy: SearchStrategy[_Value], count: int) -> list[_Value]:
    """`count` values or a few less, as hypothesis finds them; other ones at each run, as its SIMULATION_SEED says.

    The quick tests get by with a quarter of them.
    """
    found: list[_Value] = []
    share = 4 if settings.get_current_profile_name() == "quick" else 1

    @seed(int(os.environ["SIMULATION_SEED"]))
    @settings(
        max_examples=count // share,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: _Value) -> None:
        found.append(value)

    collect()
    return found
