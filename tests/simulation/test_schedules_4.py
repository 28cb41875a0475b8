"""A part of the random schedules; each file is a part that workers take as a whole."""

import pytest

from tests.simulation.items import require_schedules


@pytest.mark.timeout(600)
@pytest.mark.parametrize("item", [6, 7])
def test_whatever_happens_every_run_ends_and_nothing_is_done_twice(item: int) -> None:
    require_schedules(item)
