"""A part of the random schedules; each file is a part that workers take as a whole."""

from tests.simulation.items import require_schedules


def test_whatever_happens_every_run_ends_and_nothing_is_done_twice() -> None:
    require_schedules(0)
