"""Waiting for what has to happen, however busy the machine is."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 540.0
"""Only what hangs takes as long. A bit less than pytest waits for a test, so that the test can say what it saw."""
_LOOK_AGAIN_SECONDS = 0.02


def eventually(holds: Callable[[], bool], *, seen: Callable[[], object] = lambda: "") -> None:
    """Return once it holds; fails with what was `seen` last."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < give_up_at, f"not within {PATIENCE_SECONDS:.0f} s: {seen()}"
        time.sleep(_LOOK_AGAIN_SECONDS)
