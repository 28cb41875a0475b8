"""Waiting for what has to happen, however busy the machine is."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

PATIENCE_SECONDS = 540.0
"""Only what hangs takes as long. A bit less than pytest waits for a test, so that the test can say what it saw."""
_LOOK_AGAIN_SECONDS = 0.02
_BEFORE_MIDNIGHT, _AFTER_MIDNIGHT = timedelta(minutes=2), timedelta(seconds=61)


def eventually(holds: Callable[[], bool], *, seen: Callable[[], object] = lambda: "") -> None:
    """Return once it holds; fails with what was `seen` last."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < give_up_at, f"not within {PATIENCE_SECONDS:.0f} s: {seen()}"
        time.sleep(_LOOK_AGAIN_SECONDS)


def await_midnight_gone() -> None:
    """Return at once, or after midnight in UTC where it is about to come or has just been.

    For what speaks of today more than once, and for requests that are refused in the first minute of a day
    (docs/RELIABILITY.md).
    """
    while (datetime.now(tz=UTC) + _BEFORE_MIDNIGHT).date() != (datetime.now(tz=UTC) - _AFTER_MIDNIGHT).date():
        time.sleep(1)
